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
  draw("c-advice", { series: [{ type: "pie", radius: ["35%", "65%"], label: { formatter: "{b}\n{c}个" }, data: data.advice.map(([name, value]) => ({ name, value })) }] })
    ?.on("click", (e) => { location.assign(`/?${data.query}&advice=${encodeURIComponent(e.name)}`); });
  draw("c-graph", { series: [{ type: "graph", layout: "force", roam: true, symbolSize: 28, force: { repulsion: 500, edgeLength: 110, gravity: 0.15 }, lineStyle: { color: "#4a5568", width: 1.5, opacity: 0.8 }, label: { show: true, position: "bottom", color: "#1c2330", formatter: (p) => `${short(p.data.title)}\n${short(p.data.unit)}` }, tooltip: {},
    data: data.nodes.map((n) => ({ id: n.id, name: n.id, title: n.name, unit: n.unit, category: n.group })), categories: [...new Set(data.nodes.map((n) => n.group))].map((g) => ({ name: String(g) })), links: data.links.map(([source, target]) => ({ source, target })) }] })
    ?.on("click", (e) => { if (e.dataType === "node") location.assign(`/submissions/${e.data.id}`); });
});
