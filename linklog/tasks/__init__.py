"""What runs in the background: retry, lease and reaper, schedule, over the task library."""
