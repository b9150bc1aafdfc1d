"use strict";
const part = document.querySelector("main[data-live]");
if (part) {
  const sign = document.getElementById("sign");
  const events = new EventSource(part.dataset.live);
  let waiting = null;
  let state = "live";
  const selecting = () => { const chosen = window.getSelection(); return chosen && !chosen.isCollapsed && part.contains(chosen.anchorNode); };
  const show = () => {
    sign.textContent = waiting !== null ? "waits: text is selected" : state;
  };
  const renew = () => {
    if (waiting === null || selecting()) { show(); return; }
    const open = new Map([...part.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
    const focused = document.activeElement && part.contains(document.activeElement) && document.activeElement.closest("[id]");
    part.innerHTML = waiting;
    waiting = null;
    for (const one of part.querySelectorAll("details[id]")) if (open.has(one.id)) one.open = open.get(one.id);
    const again = focused && document.getElementById(focused.id);
    if (again) (again.querySelector("summary") || again).focus({ preventScroll: true });
    const result = part.querySelector(".badge");
    if (result) document.title = document.title.replace(/ · .*$/, " · " + result.textContent);
    show();
  };
  document.addEventListener("selectionchange", renew);
  events.addEventListener("part", (event) => { waiting = JSON.parse(event.data); renew(); });
  events.addEventListener("end", () => { events.close(); state = "finished"; renew(); });
  events.onopen = () => { state = "live"; show(); };
  events.onerror = () => { if (events.readyState !== EventSource.CLOSED) { state = "reconnecting"; show(); } };
}
