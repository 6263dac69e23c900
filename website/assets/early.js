// Before the form is painted for the first time: to whoever comes back to it, its first page would only flash. What it
// hides, apply.js shows again; should that never come, the styles do.

try {
  if (location.hash || sessionStorage.getItem("familjehem.draft")) document.documentElement.className = "early";
} catch {
  // Where nothing is kept, nobody comes back.
}
