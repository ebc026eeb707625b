"""Whom notify can reach: a read copy of the register's residents."""
