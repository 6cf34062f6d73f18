"""What is kept of imports: plans and their rows, calls, what Procore last confirmed."""
