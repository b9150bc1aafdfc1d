"use strict";
const part = document.querySelector("main[data-live]");
if (part) {
  const sign = document.getElementById("sign");
  const events = new EventSource(part.dataset.live);
  events.addEventListener("part", (event) => {
    const open = new Map([...part.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
    const focused = document.activeElement && document.activeElement.closest("[id]");
    const selected = window.getSelection && String(window.getSelection());
    if (selected) { sign.textContent = "paused: text is selected"; return; }
    part.innerHTML = JSON.parse(event.data);
    for (const one of part.querySelectorAll("details[id]")) if (open.has(one.id)) one.open = open.get(one.id);
    const again = focused && document.getElementById(focused.id);
    if (again && part.contains(again)) (again.querySelector("summary") || again).focus({ preventScroll: true });
    const result = part.querySelector(".badge");
    if (result) document.title = document.title.replace(/ · .*$/, " · " + result.textContent);
    sign.textContent = "live";
  });
  events.addEventListener("end", () => { events.close(); sign.textContent = "finished"; });
  events.onopen = () => { sign.textContent = "live"; };
  events.onerror = () => { if (events.readyState !== EventSource.CLOSED) sign.textContent = "reconnecting"; };
}
