// Brings new and changed rows into an open queue. Without this script the page works by reloading.
(() => {
  "use strict";
  const queue = document.getElementById("queue");
  if (!queue || queue.dataset.sheet !== "1") return;
  const said = document.getElementById("said");
  const live = document.getElementById("live");

  // The order of the page: severity, then the latest first.
  const isBefore = (row, other) =>
    Number(row.dataset.severity) - Number(other.dataset.severity) ||
    Number(row.dataset.last) - Number(other.dataset.last);

  const rowFrom = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html.trim();
    return template.content.firstElementChild;
  };

  const place = (change) => {
    const row = rowFrom(change.html);
    const old = document.getElementById(row.id);
    const focused = Boolean(old && old.contains(document.activeElement));
    if (old) old.remove();
    const section = document.getElementById(`group-${change.group}`);
    const list = section.querySelector("ol");
    const next = [...list.children].find((other) => isBefore(row, other) >= 0);
    list.insertBefore(row, next || null);
    section.hidden = false;
    if (focused) row.querySelector("a").focus({ preventScroll: true });
    return old ? null : change.spoken;
  };

  // A decided item leaves; a reader whose focus was on it goes on with the next one.
  const drop = (id) => {
    const row = document.getElementById(`incident-${id}`);
    if (!row) return;
    const focused = row.contains(document.activeElement);
    const next = row.nextElementSibling || row.previousElementSibling;
    const section = row.closest("section");
    row.remove();
    section.hidden = section.querySelector("ol").children.length === 0;
    if (focused) (next ? next.querySelector("a") : document.getElementById("main")).focus({ preventScroll: true });
  };

  const showTotal = (total) => {
    document.getElementById("total").textContent = String(total);
    document.getElementById("total-words").textContent = total === 1 ? "needs you" : "need you";
    document.getElementById("clear").hidden = total > 0;
  };

  const source = new EventSource(`/events?since=${queue.dataset.revision}`);
  source.addEventListener("open", () => {
    live.textContent = "New items appear here by themselves.";
    queue.dataset.live = "yes";
  });
  source.addEventListener("error", () => {
    // Refused for good: the session has ended, so what is on the screen is not for whoever sits there now.
    if (source.readyState === EventSource.CLOSED) window.location.replace("/sign-in");
    live.textContent = "Lamplighter can't be reached. This page will go on when it can.";
    queue.dataset.live = "no";
  });
  source.addEventListener("rows", (event) => {
    const data = JSON.parse(event.data);
    data.gone.forEach(drop);
    const arrived = data.rows.map(place).filter(Boolean);
    showTotal(data.total);
    if (arrived.length === 1) said.textContent = `Arrived: ${arrived[0]}.`;
    if (arrived.length > 1) said.textContent = `${arrived.length} items have arrived.`;
  });
  source.addEventListener("many", (event) => {
    showTotal(JSON.parse(event.data).total);
    const link = document.createElement("a");
    link.href = "/";
    link.textContent = "show them";
    said.replaceChildren("Many items have arrived: ", link);
  });
})();
