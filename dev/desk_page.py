"""The page of the desk: plain HTML with a style sheet and a small script of its own, nothing from elsewhere."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

STYLE = """
:root { --ground: #fbfaf6; --ink: #1d2723; --quiet: #5b6660; --line: #dcd8cc; --green: #14503c; --warm: #a8481c;
  --card: #fff; color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: baseline; }
h1 { font-size: 1.6rem; margin: 0; color: var(--green); }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; color: var(--green); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
a { color: var(--green); }
a:focus-visible, button:focus-visible, summary:focus-visible, select:focus-visible, textarea:focus-visible {
  outline: 3px solid var(--warm); outline-offset: 2px; }
.quiet { color: var(--quiet); }
.warm { color: var(--warm); font-weight: 600; }
.cards { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem;
  overflow-wrap: anywhere; min-width: 0; }
.card h3 { font-size: 1rem; margin: 0 0 .25rem; }
.card p { margin: .25rem 0; }
pre { background: #f3f0e6; border-radius: .375rem; padding: .75rem; overflow: auto; max-height: 24rem; white-space: pre-wrap;
  overflow-wrap: anywhere; margin: .5rem 0 0; font-size: .875rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: var(--card); }
th, td { text-align: left; padding: .375rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .5rem; align-items: center; }
button { background: var(--green); color: #fff; border: 0; border-radius: .375rem; padding: .5rem .9rem; font: inherit;
  cursor: pointer; }
form.stack { display: block; } form.stack label { font-weight: 600; }
select, textarea, input { font: inherit; padding: .4rem; border: 1px solid var(--quiet); border-radius: .375rem; max-width: 100%; }
textarea { width: 100%; min-height: 7rem; font-family: ui-monospace, monospace; font-size: .8rem; }
summary { cursor: pointer; color: var(--green); }
#note { border-left: .35rem solid var(--warm); padding: .25rem 1rem; background: var(--card); }
"""

SCRIPT = """
// Keeps the page fresh while nobody works in it; without script the page is whole, only still.
const main = document.querySelector("main[data-fresh]");
async function refresh() {
  const busy = main.contains(document.activeElement) || main.querySelector("details[open]")
    || String(getSelection()) || document.hidden;
  if (!busy) {
    try {
      const answer = await fetch("/desk", { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("main[data-fresh]");
      if (fresh) main.replaceChildren(...fresh.childNodes);
      document.getElementById("state").textContent = "Uppdaterad " + new Date().toLocaleTimeString("sv-SE");
    } catch {
      document.getElementById("state").textContent = "Tjänsten svarar inte; den kan vara stoppad.";
    }
  }
  setTimeout(refresh, 3000);
}
if (main) setTimeout(refresh, 3000);
"""


def page(url: str, emulator: str, parts: Mapping[str, Any], note: str) -> str:
    """Give the whole page."""
    shown = f'<pre id="note" role="status">{escape(note)}</pre>' if note else ""
    sections = [
        _section("outbox", "Utkorg", _outbox(parts["outbox"])),
        _section("post", "Mejl", _mails(parts["mails"])),
        _section("sms", "Sms", _texts(parts["sms"])),
        _section("people", "Handläggare", _people(parts["people"])),
        _section("queues", "Köer och misslyckanden", _queues(parts["queues"])),
        _section("schedules", "Scheman", _schedules(parts["schedules"])),
        _section("functions", "Funktioner", _functions(parts["functions"])),
    ]
    links = "".join(
        f'<a href="#{name}">{title}</a>'
        for name, title in (
            ("outbox", "Utkorg"),
            ("post", "Mejl"),
            ("people", "Handläggare"),
            ("queues", "Köer"),
            ("schedules", "Scheman"),
            ("functions", "Funktioner"),
        )
    )
    return _document(
        "Skrivbordet",
        f"""<header><h1>FamiljehemSverige – skrivbordet</h1><nav aria-label="Delar">{links}<a href="/desk/routines">Rutiner</a></nav></header>
<main{"" if note else " data-fresh"}>{shown}
<p>Hela tjänsten på den här datorn, med påhittade personer. API: <a href="{url}/api/recipients">{url}/api/</a>,
emulatorn: <span class="quiet">{escape(emulator)}</span>. Allt här finns också som JSON under
<a href="/desk/api/mails">/desk/api/</a>.</p>{"".join(sections)}</main>
<footer class="quiet"><p id="state">Sidan hämtar nytt var tredje sekund.</p></footer>
<script src="/desk/desk.js"></script>""",
    )


def routines(described: Iterable[Mapping[str, Any]], runs: Iterable[Mapping[str, Any]], note: str) -> str:
    """Give the page of SKR's routines: a form each, made from its runbook, and the runs that wait for approval."""
    shown = f'<pre id="note" role="status">{escape(note)}</pre>' if note else ""
    waiting = _cards(
        f'<article class="card"><h3>{escape(run["title"])}</h3><p class="quiet">{_time(run["at"])}, väntar på en annan '
        f"person</p><pre>{escape(run['told'][-1])}</pre>"
        f"{_button('Godkänn som kollega', f'routines/{run["id"]}/approve')}</article>"
        for run in runs
        if run["status"] == "Waiting"
    )
    forms = "".join(_routine(one) for one in described)
    return _document(
        "Rutiner",
        f"""<header><h1>SKR:s rutiner</h1><nav><a href="/desk">Till skrivbordet</a></nav></header><main>{shown}
<p>Samma formulär som i konsolen, gjorda av samma filer och körda genom samma funktion. Allt provkörs först.</p>
<h2 id="waiting">Väntar på godkännande</h2>{waiting}{forms}</main>""",
    )


def _routine(one: Mapping[str, Any]) -> str:
    fields = "".join(_field(one["name"], name, said) for name, said in one["parameters"].items())
    about = "".join(f"<p>{escape(line)}</p>" for line in one["about"])
    form = (
        f'<form method="post" action="/desk" class="stack">{fields}'
        f'<input type="hidden" name="do" value="routines/{escape(one["name"])}/run"><button>Kör</button></form>'
    )
    return _section(one["name"], escape(one["title"]), f"{about}{form}")


def _field(routine: str, name: str, said: Mapping[str, Any]) -> str:
    key = escape(f"{routine}-{name}")
    default = said.get("default", "")
    if said.get("allowedValues") or said["type"] == "Boolean":
        values = said.get("allowedValues") or ["false", "true"]
        chosen = str(default).lower() if said["type"] == "Boolean" else default
        options = "".join(
            f"<option{' selected' if value == chosen else ''}>{escape(value)}</option>" for value in values
        )
        control = f'<select id="{key}" name="{escape(name)}">{options}</select>'
    else:
        text = ", ".join(default) if isinstance(default, list) else str(default)
        control = f'<input id="{key}" name="{escape(name)}" value="{escape(text)}" aria-describedby="{key}-about">'
    return (
        f'<p><label for="{key}">{escape(name)}</label> {control} '
        f'<span class="quiet" id="{key}-about">{escape(said["description"])}</span></p>'
    )


def trouble(text: str) -> str:
    """Give a page that says what is wrong."""
    return _document(
        "Något är fel",
        f'<main><h1>Något är fel</h1><p>{escape(text)}</p><p><a href="/desk">Till skrivbordet</a></p></main>',
    )


def _document(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} – FamiljehemSverige</title><link rel="stylesheet" href="/desk/desk.css"></head>
<body>{body}</body></html>
"""


def _section(name: str, title: str, body: str) -> str:
    return f'<section id="{name}" aria-labelledby="{name}-title"><h2 id="{name}-title">{title}</h2>{body}</section>'


def _none(text: str) -> str:
    return f'<p class="quiet">{escape(text)}</p>'


def _cards(cards: Iterable[str]) -> str:
    return f'<div class="cards">{"".join(cards)}</div>'


def _button(text: str, do: str, extra: str = "") -> str:
    return (
        f'<form method="post" action="/desk">{extra}<input type="hidden" name="do" value="{escape(do)}">'
        f"<button>{escape(text)}</button></form>"
    )


def _time(moment: Any) -> str:
    text = str(moment or "")
    return escape(text.replace("T", " ")[:19])


def _outbox(rows: list[Mapping[str, Any]]) -> str:
    if not rows:
        return _none("Tom, som den ska vara: inget väntar på att levereras eller meddelas.")
    body = "".join(
        f"<tr><td>{escape(str(row.get('pk')))}</td><td>{_time(row.get('queued_at'))}</td>"
        f"<td>{escape(str(row.get('touches', 0)))}</td></tr>"
        for row in rows[:100]
    )
    head = "<tr><th>Uppgift</th><th>Sedan (UTC)</th><th>Väckt</th></tr>"
    return f'<p class="warm">{len(rows)} väntar.</p><div class="scroll"><table>{head}{body}</table></div>'


def _mails(mails: list[Mapping[str, Any]]) -> str:
    if not mails:
        return _none("Inga mejl ännu.")
    return _cards(
        f'<article class="card"><h3>{escape(mail["subject"])}</h3>'
        f'<p class="quiet">{_time(mail["at"])} till {escape(", ".join(mail["to"]))}</p>'
        f"<pre>{escape(mail['text'] or mail['html'] or '')}</pre></article>"
        for mail in mails
    )


def _texts(texts: list[Mapping[str, Any]]) -> str:
    if not texts:
        return _none("Inga sms ännu.")
    return _cards(
        f'<article class="card"><p class="quiet">{_time(text["at"])} till {escape(text["to"])}</p>'
        f"<p>{escape(text['text'])}</p></article>"
        for text in texts
    )


def _people(people: list[Mapping[str, Any]]) -> str:
    if not people:
        return _none("Ingen kan logga in ännu.")
    return _cards(
        f'<article class="card"><h3>{escape(person["email"])}</h3>'
        f"<p>{escape(', '.join(each['name'] for each in person.get('recipients', ())))}</p>"
        f'<p class="quiet">Lösenord: <code>{escape(str(person.get("password", "")))}</code></p>'
        f'<p><a href="{escape(person["signIn"])}">Till brevlådan</a></p></article>'
        for person in people
    )


def _queues(queues: list[Mapping[str, Any]]) -> str:
    cards: list[str] = []
    for queue in queues:
        messages = queue["messages"]
        held = f'<span class="warm">{len(messages)} meddelanden</span>' if messages else "tom"
        shown = "".join(f"<pre>{escape(_pretty(message.get('Body', '')))}</pre>" for message in messages[:20])
        details = f"<details><summary>Visa</summary>{shown}</details>" if messages else ""
        empty = _button("Töm", f"queues/{queue['id']}/purge") if messages and "/" not in queue["id"] else ""
        cards.append(f'<article class="card"><h3>{escape(queue["id"])}</h3><p>{held}</p>{details}{empty}</article>')
    return _cards(cards) if cards else _none("Inga köer.")


def _schedules(schedules: list[Mapping[str, Any]]) -> str:
    return _cards(
        f'<article class="card"><h3>{escape(each["name"])}</h3><p>{escape(each["expression"])} → '
        f'{escape(each["function"])}</p><p class="quiet">Nästa {_time(each["next"])}, körd {each["runs"]} gånger.</p>'
        f"{_last(each['last'])}{_button('Kör nu', f'schedules/{each["name"]}/run')}</article>"
        for each in schedules
    )


def _last(last: Mapping[str, Any] | None) -> str:
    if not last:
        return ""
    result = last.get("error") or last.get("result")
    kind = ' class="warm"' if last.get("error") else ""
    return f"<p{kind}>Senast: <code>{escape(json.dumps(result, ensure_ascii=False)[:300])}</code></p>"


def _functions(functions: list[Mapping[str, Any]]) -> str:
    cards: list[str] = []
    for each in functions:
        workers = ", ".join(
            f"{worker['pid']}{' (hålls)' if worker['held'] else ' (arbetar)' if worker['busy'] else ''}"
            for worker in each["workers"]
        )
        options = "".join(f"<option>{escape(name)}</option>" for name in each["events"])
        choice = (
            f'<select name="file" aria-label="Händelse till {escape(each["id"])}">{options}</select>' if options else ""
        )
        triggers = "<br>".join(escape(trigger) for trigger in (*each["routes"], *each["sources"]))
        cards.append(
            f'<article class="card"><h3>{escape(each["id"])}</h3><p class="quiet">{triggers or "schema"}</p>'
            f"<p>{each['calls']} anrop, {each['failures']} misslyckade. Processer: {escape(workers) or 'ingen'}.</p>"
            f'<p><a href="/desk/api/logs/{escape(each["id"])}">Logg</a></p>'
            f"{_button('Kör', f'functions/{each["id"]}/run', choice)}</article>"
        )
    return _cards(cards)


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except ValueError:
        return text
