/* Runs before the first paint: the colours chosen here or in the admin (the same three words: auto, light, dark). */
{
  const root = document.documentElement;
  root.dataset.script = "";
  let theme = "auto";
  try {
    theme = localStorage.getItem("theme") || theme;
  } catch {
    // Storage is forbidden: the system's wish stands.
  }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
}
