"""What operators do to messages: redrive, replay, snapshots, tail."""
