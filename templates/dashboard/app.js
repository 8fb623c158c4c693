// Puts what the server sends into the page. The stream comes back by itself and goes on where it was.
const main = document.querySelector("main");
const link = document.querySelector("#link");
const swarm = main?.dataset.swarm;

function put(id, html) {
  const place = document.getElementById(id);
  if (place === null) return;
  const open = [...place.querySelectorAll("details[open]")].map((one) => one.id);
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const path = focused === null ? null : [...place.querySelectorAll("a, summary, [tabindex]")].indexOf(focused);
  const scrolled = [...place.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
  place.innerHTML = html;
  for (const name of open) document.getElementById(name)?.setAttribute("open", "");
  [...place.querySelectorAll(".scroll")].forEach((one, at) => (one.scrollLeft = scrolled[at] ?? 0));
  if (path !== null) place.querySelectorAll("a, summary, [tabindex]")[path]?.focus();
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
