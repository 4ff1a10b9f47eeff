// The page: which shipment and which alternative is shown. State lives in the address after `#`.

const SHOWN = 'show='; // not an element's id, so that the browser does not scroll to it
const $ = (id) => document.getElementById(id);
const readJson = (id) => JSON.parse($(id).textContent);
const data = readJson('routes');
const tabs = [...document.querySelectorAll('[role="tab"]')];
const panels = [...document.querySelectorAll('section.shipment')];
const figure = $('map');

const map = new RouteMap(figure, readJson('basemap'), data, {
  choose: (id) => showAlternative(id),
  leg: (id) => $(id)?.scrollIntoView({ block: 'center', behavior: 'smooth' }),
  hover: (id) => {
    for (const row of document.querySelectorAll('tr.lit')) row.classList.remove('lit');
    if (id) $(id)?.classList.add('lit');
    map.highlight(id);
  },
});

/** Shows one shipment and its chosen (by default its first) alternative. */
function showShipment(id, alternativeId = null) {
  for (const panel of panels) {
    panel.hidden = panel.id !== id;
    panel.setAttribute('role', 'tabpanel');
  }
  for (const tab of tabs) {
    const current = tab.getAttribute('aria-controls') === id;
    tab.setAttribute('aria-selected', String(current));
    tab.tabIndex = current ? 0 : -1;
    if (current) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.clientWidth / 3;
  }
  const alternatives = data.shipments.find((each) => each.id === id).alternatives;
  const slot = $(id).querySelector('.map-slot');
  figure.hidden = !alternatives.length;
  slot.append(figure);
  map.show(id);
  map.resized();
  if (alternatives.length) showAlternative(alternativeId ?? alternatives[0].id);
}

/** Shows one alternative of the shipment in view: its section, its row, its line. */
function showAlternative(id) {
  const panel = $(id).closest('section.shipment');
  for (const section of panel.querySelectorAll('section.alternative')) section.hidden = section.id !== id;
  for (const row of panel.querySelectorAll('.summary tbody tr')) {
    const current = row.dataset.show === id;
    row.classList.toggle('current', current);
    row.querySelector('.choose').setAttribute('aria-pressed', String(current));
  }
  map.choose(id);
  remember(id);
}

function remember(id) {
  try {
    history.replaceState(null, '', `#${SHOWN}${id}`);
  } catch {
    // Some browsers keep a local file's address as it is; the page works without.
  }
}

/** Follows the address: a shipment, an alternative, or a source to open. */
function follow() {
  const hash = decodeURIComponent(location.hash.slice(1));
  const target = $(hash.startsWith(SHOWN) ? hash.slice(SHOWN.length) : hash);
  target?.closest('details')?.setAttribute('open', '');
  const panel = target?.closest('section.shipment');
  if (panel) showShipment(panel.id, target.closest('section.alternative')?.id);
  else if (target) target.scrollIntoView();
  return Boolean(panel);
}

/** Lists the claims of a counter in a dialog, copied from the sources at the end of the page. */
function openClaims(counter) {
  const dialog = $('claims-dialog');
  const numbers = counter.dataset.claims.split(' ');
  const items = numbers.map((number) => $(`claim-${number}`).cloneNode(true));
  for (const item of items) item.removeAttribute('id');
  dialog.querySelector('h2').textContent = numbers.length === 1 ? 'One source' : `${numbers.length} sources`;
  dialog.querySelector('ol').replaceChildren(...items);
  dialog.showModal();
  dialog.scrollTop = 0;
}

document.addEventListener('click', (event) => {
  const counter = event.target.closest('a.counter');
  const chooser = event.target.closest('[data-show]');
  const button = event.target.closest('[data-map]');
  if (counter) {
    event.preventDefault();
    openClaims(counter);
  } else if (chooser) showAlternative(chooser.dataset.show);
  else if (button) {
    const act = { in: () => map.view.zoom(1.6), out: () => map.view.zoom(1 / 1.6), fit: () => map.fitAll(), route: () => map.fitChosen() };
    act[button.dataset.map]();
  } else if (event.target === $('claims-dialog')) event.target.close();
});

for (const row of document.querySelectorAll('table.legs tbody tr')) {
  row.addEventListener('pointerenter', () => map.highlight(row.id));
  row.addEventListener('pointerleave', () => map.highlight(null));
}

tabs.forEach((tab, at) => {
  tab.addEventListener('click', () => showShipment(tab.getAttribute('aria-controls')));
  tab.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  });
});

window.addEventListener('hashchange', follow);
let folded = [];
window.addEventListener('beforeprint', () => {
  folded = [...document.querySelectorAll('details:not([open])')];
  for (const each of folded) each.open = true;
});
window.addEventListener('afterprint', () => {
  for (const each of folded) each.open = false;
});

document.documentElement.classList.add('scripted');
if (!follow() && panels.length) showShipment(panels[0].id);
