using Analytics.Local;

// Each verb is a process of its own; `run` starts and watches the others.
return Usage.Show(args);
