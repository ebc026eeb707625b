"""The audience: a read copy of the register's residents, whom notify can reach."""
