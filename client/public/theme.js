// A classic script, so that a chosen theme is set before the first paint; the CSP forbids inline ones.
try {
  const theme = localStorage.getItem('gondola.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // No storage here: the system's theme it is.
}
