"""The way of a record: collect, ask, answer, send, report; and what a person does by hand: link, unlink, take out."""
