-- A sync reads from two systems at most, and writes into the warehouse. Which of them failed is what the page needs to
-- say which one is not connected: the reader of a table does not tell, since a failure of one ends all tables of a run.
alter table sync.runs add column failed_connection text;

comment on column sync.runs.failed_connection is
'Which connection failed: web services, Info-Link or warehouse; null where none did, whatever became of the sync';
