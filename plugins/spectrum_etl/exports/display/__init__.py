"""What people see of a record: the document in the words of accountants, the form, the changes."""
