// What was sent, as a page of its own that the applicant keeps: made in the browser, of text only.

/** Give the page's source. `facts` are pairs, `sections` have a heading and lines of label and words. */
export function copyOf({ language, title, note, facts, sections }) {
  const page = document.implementation.createHTMLDocument(title);
  page.documentElement.lang = language;
  const add = (within, tag, content = "") => {
    const element = page.createElement(tag);
    element.textContent = content;
    within.append(element);
    return element;
  };
  const charset = page.createElement("meta");
  charset.setAttribute("charset", "utf-8");
  page.head.prepend(charset);
  add(page.head, "style", "body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}dt{font-weight:700}dd{margin:0 0 .75rem}");
  add(page.body, "h1", title);
  add(page.body, "p", note);
  const list = add(page.body, "dl");
  for (const [name, value] of facts) {
    add(list, "dt", name);
    add(list, "dd", value);
  }
  for (const { heading, lines } of sections) {
    add(page.body, "h2", heading);
    const answers = add(page.body, "dl");
    for (const { label, words } of lines) {
      add(answers, "dt", label);
      for (const each of words.length ? words : ["–"]) add(answers, "dd", each);
    }
  }
  return `<!doctype html>\n${page.documentElement.outerHTML}`;
}
