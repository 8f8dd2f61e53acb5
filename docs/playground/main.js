/* global document, history, location, matchMedia, Option */
import uPlot from "uplot";
import {
    TRACE_SHAPES,
    MEASURES,
    SIMULATION_DEFAULTS,
    explain,
    format,
    generateTrace,
    presets,
    review,
    simulate,
} from "../../autoscale/index.ts";

const byId = (id) => document.getElementById(id);
const text = byId("text");
const SAMPLES = {
    pendingTasks: () => presets.pendingTasks({ maxNodes: 20 }),
    initialSize: () => presets.initialSize({ maxNodes: 20, initialNodes: 4 }),
    scaleToZero: () => presets.scaleToZero({ maxNodes: 20 }),
    queueDrain: () => presets.queueDrain({ maxNodes: 20 }),
    spotFirst: () => presets.spotFirst({ maxNodes: 20 }),
    workingHours: () =>
        presets.workingHours({ timeZone: "Europe/Berlin", nodes: 10, otherwise: 2, maxNodes: 20, years: 2 }),
    "a fixed size": () => "$TargetDedicatedNodes = 5;\n",
};

function options(select, names) {
    for (const name of names) select.append(new Option(name));
}

function value(id, fallback) {
    const number = byId(id).valueAsNumber;
    return Number.isFinite(number) ? number : fallback;
}

/** The text again, with the places of findings underlined. */
function mark(source, diagnostics) {
    const place = byId("marks");
    place.replaceChildren();
    let at = 0;
    for (const { offset, length, severity } of diagnostics) {
        if (offset < at) continue;
        place.append(source.slice(at, offset));
        const underlined = document.createElement("u");
        underlined.className = severity;
        underlined.textContent = source.slice(offset, offset + length) || " ";
        place.append(underlined);
        at = offset + length;
    }
    place.append(`${source.slice(at)}\n`);
    place.scrollTop = text.scrollTop;
    place.scrollLeft = text.scrollLeft;
}

function finding({ code, severity, line, column, message, fix, offset, length }) {
    const item = document.createElement("li");
    item.className = severity;
    const label = document.createElement("b");
    label.textContent = `${severity} `;
    const go = document.createElement("button");
    go.textContent = `${line}:${column} ${code} `;
    go.onclick = () => {
        text.focus();
        text.setSelectionRange(offset, offset + length);
    };
    const hint = document.createElement("small");
    hint.textContent = fix ?? "";
    item.append(label, go, message, hint);
    return item;
}

function check() {
    const context = {
        taskSlotsPerNode: value("slots", 1),
        maxDedicatedNodes: value("quota", 50),
        maxSpotNodes: value("quota", 50),
    };
    const { ok, diagnostics } = review(text.value, context);
    mark(text.value, diagnostics);
    byId("findings").replaceChildren(...diagnostics.slice(0, 50).map(finding));
    byId("verdict").textContent = ok
        ? diagnostics.length > 0
            ? "Accepted, with findings"
            : "Accepted"
        : "Refused";
    byId("words").textContent = ok
        ? explain(text.value, context).join("\n").split("\n\nTo be aware of:")[0]
        : "";
    return ok;
}

const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const grid = { stroke: dark ? "#334155" : "#e2e8f0", width: 1 };
const axis = { stroke: dark ? "#94a3b8" : "#475569", grid, ticks: grid };
const charts = {};

function draw(id, title, lines, data) {
    const place = byId(id);
    charts[id]?.destroy();
    const series = lines.map(([label, stroke, fill]) => ({
        label,
        stroke,
        fill: fill ? `${stroke}33` : undefined,
        width: 1.5,
        points: { show: false },
    }));
    charts[id] = new uPlot(
        {
            title,
            width: place.clientWidth,
            height: 220,
            scales: { y: { range: (u, low, high) => [0, Math.max(1, high * 1.05)] } },
            tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
            axes: [axis, { ...axis, size: 60 }],
            series: [{ label: "UTC" }, ...series],
        },
        data,
        place,
    );
}

function run() {
    const trace = generateTrace({
        shape: byId("load").value,
        tasks: value("tasks", 2000),
        hours: value("hours", 72),
        meanDuration: value("duration", 300),
    });
    const quota = value("quota", 50);
    const result = simulate(text.value, trace, {
        taskSlotsPerNode: Math.max(1, Math.trunc(value("slots", 1))),
        maxDedicatedNodes: quota,
        maxSpotNodes: quota,
        bootSeconds: value("boot", 180),
        evaluationIntervalSeconds: Math.max(300, value("interval", 300)),
        preemptionsPerNodeHour: value("preemption", 0),
    });
    const { course } = result;
    const times = course.map(({ time }) => SIMULATION_DEFAULTS.start / 1000 + time);
    const of = (key) => course.map((point) => point[key]);
    draw(
        "tasks-chart",
        "Tasks",
        [
            ["waiting", "#d97706", true],
            ["running", "#059669", true],
        ],
        [times, of("active"), of("running")],
    );
    draw(
        "nodes-chart",
        "Nodes",
        [
            ["dedicated", "#2563eb", true],
            ["spot", "#9333ea", true],
        ],
        [times, of("dedicated"), of("spot")],
    );
    const rows = MEASURES.map(({ title, of: measure }) => {
        const row = document.createElement("tr");
        for (const cell of [title, measure(result)]) row.insertCell().textContent = cell;
        return row;
    });
    byId("measures").replaceChildren(...rows);
}

/** The formula of an address; nothing when it cannot be read. */
function given(hash) {
    try {
        return decodeURIComponent(hash);
    } catch {
        return "";
    }
}

let waiting;
function changed() {
    clearTimeout(waiting);
    // The address holds the formula, so that it can be passed on.
    history.replaceState(undefined, "", `#${encodeURIComponent(text.value)}`);
    const ok = check();
    if (ok) waiting = setTimeout(run, 150);
}

options(byId("preset"), Object.keys(SAMPLES));
options(byId("load"), TRACE_SHAPES);
byId("load").value = "daily";
byId("preset").onchange = () => {
    text.value = SAMPLES[byId("preset").value]();
    changed();
};
byId("format").onclick = () => {
    text.value = format(text.value).text;
    changed();
};
text.addEventListener("scroll", () => mark(text.value, review(text.value).diagnostics));
document.addEventListener("input", (event) => {
    if (event.target !== byId("preset")) changed();
});
document
    .querySelectorAll("form")
    .forEach((form) => form.addEventListener("submit", (event) => event.preventDefault()));
text.value = given(location.hash.slice(1)) || SAMPLES.pendingTasks();
changed();
