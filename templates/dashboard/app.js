// Puts what the server sends into the page. The stream comes back by itself and goes on where it was.
const main = document.querySelector("main");
const link = document.querySelector("#link");
const swarm = main?.dataset.swarm;

/** What a thing that can have the focus is known by when its place is written anew. */
function markOf(one) {
  return [one.tagName, one.getAttribute("href"), one.closest("details")?.id, one.getAttribute("aria-label")].join();
}

function put(id, html) {
  const place = document.getElementById(id);
  if (place === null) return;
  const open = [...place.querySelectorAll("details[open]")].map((one) => one.id);
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const reachable = () => [...place.querySelectorAll("a, summary, [tabindex]")];
  const at = focused === null ? -1 : reachable().indexOf(focused);
  const mark = focused === null ? "" : markOf(focused);
  const scrolled = [...place.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
  place.innerHTML = html;
  for (const name of open) document.getElementById(name)?.setAttribute("open", "");
  [...place.querySelectorAll(".scroll")].forEach((one, at) => (one.scrollLeft = scrolled[at] ?? 0));
  if (focused === null) return;
  // Where it is itself, if something came before it; where it was, if it has gone.
  const now = reachable();
  (now.find((one) => markOf(one) === mark) ?? now[at])?.focus({ preventScroll: true });
}

function follow() {
  const query = swarm === undefined ? "" : `?swarm=${swarm}&view=1`;
  const stream = new EventSource(`/api/events${query}`);
  let down = false;
  const say = (text) => {
    if (link.textContent !== text) link.textContent = text;
  };
  stream.addEventListener("open", () => {
    say("Live");
    down = false;
  });
  stream.addEventListener("view", ({ data }) => {
    for (const [id, html] of Object.entries(JSON.parse(data))) put(id, html);
  });
  stream.addEventListener("swarm", () => {
    if (swarm === undefined) location.reload();
  });
  stream.addEventListener("error", () => {
    say("Not connected, trying again");
    if (stream.readyState !== EventSource.CLOSED || down) return;
    down = true;
    void comeBack();
  });
}

/** A refusal ends the stream for good: a session that is over needs a token, anything else is tried again. */
async function comeBack() {
  const answer = await fetch("/api/swarms").catch(() => null);
  if (answer?.status === 401) location.assign("/login");
  else setTimeout(follow, 2000);
}

follow();
