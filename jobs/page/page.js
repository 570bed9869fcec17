"use strict";
// Figures grow when clicked, the table sorts and filters (DataTables), and a scatter plot shows every solved row (Chart.js).

document.querySelectorAll("figure img").forEach((image) => {
  image.addEventListener("click", () => {
    const dialog = document.getElementById("large");
    dialog.querySelector("img").src = image.src;
    dialog.showModal();
  });
});
document.getElementById("large").addEventListener("click", (event) => event.currentTarget.close());

if (window.jQuery && jQuery.fn.dataTable) {
  jQuery("#verdicts").DataTable({ order: [], pageLength: 25, lengthChange: false, paging: jQuery("#verdicts tbody tr").length > 25 });
}

if (window.Chart && document.getElementById("rows")) {
  explore(JSON.parse(document.getElementById("rows").textContent));
}

// data: axes [{name, symbol, values, codes}], measures [{name, label, values}], jobs, the name of each file's job, file and id of each row;
// codes, ids and values of measures are base64 of little-endian numbers.
function explore(data) {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const ids = new Uint32Array(bytes(data.ids)), files = new Uint16Array(bytes(data.file));
  const axes = data.axes.map((axis) => ({ ...axis, codes: new Uint16Array(bytes(axis.codes)), shown: axis.values.map(() => true) }));
  const numeric = (axis) => axis.values.every((value) => typeof value === "number");
  const columns = new Map(data.measures.map((measure) => [measure.name, { label: measure.label, values: new Float32Array(bytes(measure.values)) }]));
  axes.filter(numeric).forEach((axis) => columns.set(axis.name, { label: axis.symbol, values: Float32Array.from(axis.codes, (code) => axis.values[code]) }));
  const get = (id) => document.getElementById(id);
  const short = (value) => typeof value === "number" ? String(Number(value.toPrecision(6))) : value;

  for (const [id, wanted] of [["x", data.x], ["y", data.y], ["colour", data.colour]]) {
    const names = id === "colour" ? new Set([...axes.map((axis) => axis.name), ...columns.keys()]) : columns.keys();
    for (const name of names) {
      const axis = axes.find((candidate) => candidate.name === name);
      get(id).add(new Option(axis ? axis.symbol : columns.get(name).label, name, false, name === wanted));
    }
    get(id).addEventListener("change", () => { guessScales(); draw(); });
  }
  for (const id of ["logx", "logy"]) get(id).addEventListener("change", draw);

  for (const axis of axes.filter((candidate) => candidate.values.length > 1)) {
    const box = document.createElement("details");
    box.dataset.axis = axis.name;
    box.innerHTML = "<summary></summary>";
    box.firstChild.textContent = axis.symbol;
    const all = document.createElement("button");
    all.type = "button";
    all.textContent = "all / none";
    box.append(all);
    axis.values.forEach((value, code) => {
      const label = document.createElement("label"), check = document.createElement("input");
      check.type = "checkbox";
      check.checked = true;
      check.value = short(value);
      check.addEventListener("change", () => { axis.shown[code] = check.checked; draw(); });
      label.append(check, " ", String(short(value)));
      box.append(label);
    });
    all.addEventListener("click", () => {
      const on = !axis.shown.every(Boolean);
      axis.shown.fill(on);
      box.querySelectorAll("input").forEach((check) => { check.checked = on; });
      draw();
    });
    get("explore-filters").append(box);
  }

  // Where each row's colour lies on the map, from 0 to 1: gamma by log(gamma / (1 - gamma)), other axes by rank, measures by logarithm.
  function colourOf(name) {
    const axis = axes.find((candidate) => candidate.name === name);
    if (axis && !numeric(axis)) return { discrete: true, at: (row) => data.discrete[axis.codes[row] % data.discrete.length] };
    const values = columns.get(name).values;
    let place = (value) => value;
    if (name === "gamma") place = (value) => Math.log(Math.min(Math.max(value, 1e-3), 0.999) / (1 - Math.min(Math.max(value, 1e-3), 0.999)));
    else if (axis) place = (value) => axis.values.filter((other) => other < value).length;
    else if (values.every((value) => !(value <= 0))) place = Math.log;
    let low = Infinity, high = -Infinity, least, most;
    values.forEach((value) => {
      if (!Number.isFinite(value)) return;
      if (place(value) < low) [low, least] = [place(value), value];
      if (place(value) > high) [high, most] = [place(value), value];
    });
    const at = (row) => {
      const share = high > low ? (place(values[row]) - low) / (high - low) : 0.5;
      return Number.isFinite(share) ? data.colours[Math.round(share * (data.colours.length - 1))] : "#999999";
    };
    return { discrete: false, at, ends: [least, most] };
  }

  function drawKey(name, colour) {
    const axis = axes.find((candidate) => candidate.name === name), key = get("explore-key");
    key.replaceChildren();
    const entry = (fill, text, className = "") => {
      const span = document.createElement("span"), sign = document.createElement("i");
      sign.style.background = fill;
      sign.className = className;
      span.append(sign, text);
      key.append(span);
    };
    if (colour.discrete) axis.values.forEach((value, code) => entry(data.discrete[code % data.discrete.length], String(value)));
    else entry(`linear-gradient(to right, ${data.colours.join(",")})`, `${axis ? axis.symbol : columns.get(name).label} from ${short(colour.ends[0])} to ${short(colour.ends[1])}`, "bar");
  }

  function guessScales() {
    for (const id of ["x", "y"]) {
      const values = columns.get(get(id).value).values.filter(Number.isFinite);
      const least = values.reduce((a, b) => Math.min(a, b), Infinity), most = values.reduce((a, b) => Math.max(a, b), -Infinity);
      get(`log${id}`).checked = least > 0 && most > 10 * least;
    }
  }

  const describe = (row) => [...axes.filter((axis) => axis.values.length > 1).map((axis) => `${axis.symbol} = ${short(axis.values[axis.codes[row]])}`), `id ${ids[row]}`].join(", ");
  const command = (row) => {
    const job = data.jobs[files[row]];
    return `flatsweep solve ${job}.ini --id ${ids[row]} -o ${job}-${ids[row]}.h5`;
  };
  const power = (value) => {
    const exponent = Math.round(Math.log10(value));
    return Math.abs(value / 10 ** exponent - 1) < 1e-9 ? `10${[...String(exponent)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit] ?? "⁻").join("")}` : "";
  };
  const scale = (id) => ({
    type: get(`log${id}`).checked ? "logarithmic" : "linear",
    title: { display: true, text: columns.get(get(id).value).label + (get(id).value.startsWith("flatness") ? (id === "x" ? "   (← flatter)" : "   (↓ flatter)") : "") },
    ticks: get(`log${id}`).checked ? { callback: power, autoSkip: false } : { maxTicksLimit: 7 },
  });

  let rows = [];
  const chart = new Chart(get("explore-canvas"), {
    type: "scatter",
    data: { datasets: [{ data: [] }, { data: [], showLine: true, pointRadius: 0, pointHitRadius: 0, borderColor: "#444444", borderWidth: 1, borderDash: [2, 3] }] },
    options: {
      animation: false, maintainAspectRatio: false, parsing: false,
      interaction: { mode: "nearest", intersect: true },
      plugins: { legend: { display: false }, tooltip: { filter: (item) => item.datasetIndex === 0, callbacks: { label: (item) => describe(rows[item.dataIndex]).split(", ") } } },
      onHover: (_, found) => { const hit = found.find((item) => item.datasetIndex === 0); if (hit) tell(rows[hit.index]); },
      onClick: (_, found) => { const hit = found.find((item) => item.datasetIndex === 0); if (hit) get("explore-command").textContent = command(rows[hit.index]); },
    },
  });

  function tell(row) {
    const [x, y] = [get("x").value, get("y").value];
    get("explore-point").textContent = `${describe(row)}; ${columns.get(x).label} = ${short(columns.get(x).values[row])}, ${columns.get(y).label} = ${short(columns.get(y).values[row])}`;
  }

  function draw() {
    const x = columns.get(get("x").value).values, y = columns.get(get("y").value).values, colour = colourOf(get("colour").value);
    const fits = (value, id) => Number.isFinite(value) && (value > 0 || !get(`log${id}`).checked);
    rows = [];
    for (let row = 0; row < ids.length; ++row)
      if (fits(x[row], "x") && fits(y[row], "y") && axes.every((axis) => axis.shown[axis.codes[row]])) rows.push(row);
    const xs = rows.map((row) => x[row]);
    const ends = [xs.reduce((a, b) => Math.min(a, b), Infinity), xs.reduce((a, b) => Math.max(a, b), -Infinity)];
    Object.assign(chart.data.datasets[0], { data: rows.map((row) => ({ x: x[row], y: y[row] })), pointBackgroundColor: rows.map(colour.at), pointBorderColor: "#0002", pointRadius: rows.length > 2000 ? 2.5 : 4 });
    chart.data.datasets[1].data = get("y").value === "relative_loss" && rows.length ? ends.map((end) => ({ x: end, y: 1 })) : [];
    chart.options.scales = { x: scale("x"), y: scale("y") };
    chart.update();
    drawKey(get("colour").value, colour);
    get("explore-count").textContent = `${rows.length} of ${ids.length} rows`;
  }

  guessScales();
  draw();
  window.explored = { chart, rows: () => rows, ids };
}
