# The built-in broker keeps 5 MiB or 100,000 records a partition. The one-machine stack keeps its whole log there: raise both.
s/mpart->max_size = 1024 \* 1024 \* 5;/mpart->max_size = (size_t)1024 * 1024 * 1024;/
s/mpart->max_cnt  = 100000;/mpart->max_cnt  = 20000000;/
