/** The part of the report that runs in the browser: draws what stands in `report`, a global of the page. */
export const CHART_SCRIPT = String.raw`
(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const grid = { stroke: dark ? "#334155" : "#e2e8f0", width: 1 };
    const text = dark ? "#94a3b8" : "#475569";
    const colours = dark
        ? { active: "#f59e0b", running: "#34d399", dedicated: "#60a5fa", spot: "#c084fc", target: "#f87171" }
        : { active: "#d97706", running: "#059669", dedicated: "#2563eb", spot: "#9333ea", target: "#dc2626" };
    const sync = uPlot.sync("time");
    const charts = [];
    const axis = { stroke: text, grid, ticks: grid };
    const line = (label, stroke, more) => ({ label, stroke, width: 1.5, points: { show: false }, ...more });
    const area = (label, stroke) => line(label, stroke, { fill: stroke + "33" });
    const stepped = uPlot.paths.stepped({ align: 1 });
    function draw(id, title, series, data) {
        const place = document.getElementById(id);
        const chart = new uPlot(
            {
                title,
                width: place.clientWidth,
                height: 240,
                cursor: { sync: { key: sync.key } },
                scales: { y: { range: (u, low, high) => [0, Math.max(1, high * 1.05)] } },
                tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
                axes: [axis, { ...axis, size: 60 }],
                series: [{ label: "UTC" }, ...series],
            },
            data,
            place,
        );
        charts.push({ chart, place });
    }
    /** The target that held at each time. */
    function held(run, values) {
        let at = -1;
        return run.time.map((time) => {
            while (at + 1 < values.length && run.targetTime[at + 1] <= time) at++;
            return at < 0 ? null : values[at];
        });
    }
    report.runs.forEach((run, index) => {
        const shown = run.time.map((time) => report.start + time);
        draw("tasks-" + index, "Tasks", [area("waiting", colours.active), area("running", colours.running)], [shown, run.active, run.running]);
        const nodes = [area("dedicated", colours.dedicated)];
        const data = [shown, run.dedicated];
        if (run.hasSpot) {
            nodes.push(area("spot", colours.spot), line("spot target", colours.spot, { dash: [4, 3], paths: stepped }));
            data.push(run.spot, held(run, run.targetSpot));
        }
        nodes.push(line("dedicated target", colours.target, { dash: [4, 3], paths: stepped }));
        data.push(held(run, run.targetDedicated));
        draw("nodes-" + index, "Nodes", nodes, data);
    });
    addEventListener("resize", () => charts.forEach(({ chart, place }) => chart.setSize({ width: place.clientWidth, height: 240 })));
})();
`;

export const STYLE = `
:root { color-scheme: light dark; --text: #0f172a; --muted: #475569; --line: #e2e8f0; --back: #ffffff; --best: #dcfce7; }
@media (prefers-color-scheme: dark) { :root { --text: #e2e8f0; --muted: #94a3b8; --line: #334155; --back: #0f172a; --best: #14532d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 84rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
p { color: var(--muted); margin: .25rem 0 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { white-space: normal; vertical-align: bottom; font-size: 13px; } tbody th { font-weight: normal; } a { color: inherit; }
th:first-child, td:first-child { text-align: left; } thead th { border-bottom-width: 2px; }
td.best { background: var(--best); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem; }
.charts > div { min-width: 0; } .u-title { font-size: 14px; } .u-legend { font-size: 12px; color: var(--muted); }
pre { overflow-x: auto; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .4rem; font: 13px/1.45 ui-monospace, monospace; }
details summary { cursor: pointer; color: var(--muted); } ul { color: var(--muted); }
`;
