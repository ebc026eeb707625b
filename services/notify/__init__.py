"""The notify service: notifications to people, in the inbox and by SMS."""
