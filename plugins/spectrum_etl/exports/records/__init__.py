"""What the warehouse keeps of a record on its way: queue, ledger, claims, locks, states."""
