"use strict";
// Charts of the board; every number in them stands in a table beside them too.
window.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("[data-charts]");
  if (!box) return;
  const data = JSON.parse(box.dataset.charts);
  const draw = (id, option) => {
    const node = document.getElementById(id);
    if (!node) return;
    const chart = echarts.init(node, null, { renderer: "svg" });
    chart.setOption({ animation: false, ...option });
    window.addEventListener("resize", () => chart.resize());
    return chart;
  };
  const short = (text) => (text.length > 8 ? `${text.slice(0, 8)}…` : text);
  draw("c-domains", { grid: { left: 8, right: 16, top: 30, bottom: 8, containLabel: true }, legend: {}, xAxis: { type: "value", name: "万元" }, yAxis: { type: "category", inverse: true, data: data.domains.map((d) => short(d[0])) },
    series: [{ name: "申报", type: "bar", color: "#1d4f91", data: data.domains.map((d) => d[1]) }, { name: "核减", type: "bar", color: "#b36b00", data: data.domains.map((d) => d[2]) }] })
    ?.on("click", (e) => { location.assign(`/?${data.query}&domain=${encodeURIComponent(data.domains[e.dataIndex][0])}`); });
  const narrow = document.getElementById("c-advice")?.clientWidth < 420;
  draw("c-advice", { series: [{ type: "pie", radius: narrow ? ["26%", "48%"] : ["35%", "65%"], startAngle: data.advice.length === 1 ? 180 : 90, label: { formatter: "{b}\n{c}个", ...(narrow ? { width: 64, overflow: "break" } : {}) }, labelLine: narrow ? { length: 8, length2: 4 } : {}, data: data.advice.map(([name, value]) => ({ name, value })) }] })
    ?.on("click", (e) => { location.assign(`/?${data.query}&advice=${encodeURIComponent(e.name)}`); });
  // Each group on an oval of its own, the taller the more it holds, the ovals in rows: nothing leaves the frame, and
  // it looks the same each time.
  const graph = document.getElementById("c-graph"), groups = [...new Set(data.nodes.map((n) => n.group))];
  const across = graph?.clientWidth || 300, columns = Math.max(1, Math.min(groups.length, Math.floor(across / 290)));
  const cell = across / columns, mates = (group) => data.nodes.filter((m) => m.group === group);
  const tall = (group) => Math.max(85, 24 * mates(group).length), wide = Math.max(60, Math.min(150, cell / 2 - 70));
  const rows = Array.from({ length: Math.ceil(groups.length / columns) }, (_, row) => Math.max(...groups.slice(row * columns, (row + 1) * columns).map(tall)));
  const top = (row) => rows.slice(0, row).reduce((sum, r) => sum + 2 * r + 100, 0), down = top(rows.length);
  const place = (n) => {
    const at = groups.indexOf(n.group), row = Math.floor(at / columns), all = mates(n.group), turn = (2 * Math.PI * all.indexOf(n)) / all.length - Math.PI / 2;
    return { label: { position: all.indexOf(n) % 2 ? "bottom" : "top" }, x: (at % columns + 0.5) * cell + wide * Math.cos(turn), y: top(row) + 45 + rows[row] + tall(n.group) * Math.sin(turn) };
  };
  const corners = [[0, 0], [across, down]].map(([x, y], n) => ({ id: `corner${n}`, x, y, symbolSize: 0, label: { show: false }, silent: true }));
  const ends = (text) => (text.length > 12 ? `${text.slice(0, 5)}…${text.slice(-6)}` : text);
  if (graph) graph.style.height = `${down}px`;
  draw("c-graph", { tooltip: { confine: true, formatter: (p) => (p.dataType === "node" ? `${echarts.format.encodeHTML(p.data.title)}<br>${echarts.format.encodeHTML(p.data.unit)}` : "") }, series: [{ type: "graph", layout: "none", roam: "move", symbolSize: 22, left: 0, top: 0, width: across, height: down, labelLayout: { hideOverlap: true }, lineStyle: { color: "#4a5568", width: 1.5, opacity: 0.8 }, label: { show: true, position: "bottom", color: "#1c2330", backgroundColor: "#ffffffd9", padding: 1, formatter: (p) => `${ends(p.data.title)}\n${ends(p.data.unit)}` },
    data: corners.concat(data.nodes.map((n) => ({ ...place(n), id: n.id, name: n.id, title: n.name, unit: n.unit, category: groups.indexOf(n.group) }))), categories: groups.map((g) => ({ name: String(g) })), links: data.links.map(([source, target]) => ({ source, target })) }] })
    ?.on("click", (e) => { if (e.dataType === "node") location.assign(`/submissions/${e.data.id}`); });
});
