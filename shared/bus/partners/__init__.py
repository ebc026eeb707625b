"""Messages of partners: the checks on their arrival."""
