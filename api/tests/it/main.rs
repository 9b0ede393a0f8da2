//! Reports against real tables.

mod consistency;
