"use strict";
// Upload by drag and drop, both sides of the review page, keyboard shortcuts. Pages work without it, less comfortably.
(() => {
  const $ = (s, at = document) => at.querySelector(s);
  const $$ = (s, at = document) => [...at.querySelectorAll(s)];

  async function entries(item) {
    if (item.isFile) return [[item.fullPath.replace(/^\//, ""), await new Promise((y, n) => item.file(y, n))]];
    const reader = item.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((y, n) => reader.readEntries(y, n));
      if (!some.length) return found;
      for (const one of some) found.push(...(await entries(one)));
    }
  }

  function upload(form) {
    const input = $("input[type=file]", form), drop = $(".drop", form), said = $(".chosen", form);
    let dropped = [];
    const tell = (n) => { said.textContent = n ? `已选 ${n} 个文件` : ""; };
    input.addEventListener("change", () => { dropped = []; tell(input.files.length); });
    const folder = $("[data-folder]", form);
    folder.addEventListener("click", () => { input.webkitdirectory = true; input.click(); setTimeout(() => { input.webkitdirectory = false; }, 500); });
    for (const kind of ["dragover", "dragleave", "drop"]) drop.addEventListener(kind, (e) => { e.preventDefault(); drop.classList.toggle("over", kind === "dragover"); });
    drop.addEventListener("drop", async (e) => {
      const items = [...e.dataTransfer.items].map((i) => i.webkitGetAsEntry()).filter(Boolean);
      dropped = (await Promise.all(items.map(entries))).flat();
      input.required = false;
      tell(dropped.length);
    });
    form.addEventListener("submit", async (e) => {
      e.preventDefault();
      const data = new FormData(form), button = $("button[type=submit]", form);
      const files = dropped.length ? dropped : [...input.files].map((f) => [f.webkitRelativePath || f.name, f]);
      data.delete("files");
      for (const [name, file] of files) data.append("files", file, name);
      button.disabled = true;
      said.textContent = "正在上传…";
      try {
        const answer = await fetch(form.action, { method: "POST", body: data });
        if (answer.redirected) { location.assign(answer.url); return; }
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        said.textContent = $(".problem", page)?.textContent || "没有收下，请再试一次";
      } catch { said.textContent = "网络断开，没有收下，请再试一次"; }
      button.disabled = false;
    });
  }

  function show(side) {
    const desk = $(".desk");
    if (!desk) return;
    desk.classList.toggle("show-left", side === "left");
    for (const b of $$("[data-side]")) b.setAttribute("aria-pressed", String(b.dataset.side === side));
  }
  function mark(nodes) {
    for (const n of $$(".now-marked")) n.classList.remove("now-marked");
    for (const n of nodes) n.classList.add("now-marked");
  }
  function choose(card, scroll = true) {
    for (const c of $$(".card.current")) c.classList.remove("current");
    if (!card) return;
    card.classList.add("current");
    const hits = $$(".left [data-findings]").filter((h) => h.dataset.findings.split(" ").includes(card.dataset.finding));
    mark(hits);
    if (scroll) card.scrollIntoView({ block: "nearest" });
    card.focus({ preventScroll: true });
    return hits;
  }
  function step(by) {
    const cards = $$("[data-finding]"), at = cards.findIndex((c) => c.classList.contains("current"));
    const hits = choose(cards[Math.min(Math.max(at + by, 0), cards.length - 1)]);
    hits?.[0]?.scrollIntoView({ block: "center" });
  }

  document.addEventListener("click", (e) => {
    const to = e.target.closest("[data-goto]"), hit = e.target.closest(".left [data-findings]"), card = e.target.closest("[data-finding]");
    if (to) {
      const place = document.getElementById(to.dataset.goto);
      if (!place) return;
      e.preventDefault();
      const hits = card ? choose(card, false) : null;
      show("left");
      if (!hits?.length) mark([place]); else if (!hits.some((h) => place.contains(h) || h === place)) place.classList.add("now-marked");
      place.scrollIntoView({ block: "center" });
    } else if (hit) {
      show("right");
      choose($(`[data-finding="${CSS.escape(hit.dataset.findings.split(" ")[0])}"]`));
    } else if (card && !e.target.closest("a,button,summary,input,select,textarea")) {
      choose(card, false)?.[0]?.scrollIntoView({ block: "center" });
    }
    const side = e.target.closest("[data-side]");
    if (side) show(side.dataset.side);
    const dialog = e.target.closest("[data-dialog]");
    if (dialog) document.getElementById(dialog.dataset.dialog).showModal();
    if (e.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("selectionchange", () => {
    const form = $("#add"), picked = document.getSelection();
    const text = picked.toString().trim();
    if (!form || !text || !picked.anchorNode) return;
    const node = picked.getRangeAt(0).startContainer;
    const block = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest(".left [id^=d]:not(.doc):not(h3)");
    if (!block) return;
    form.elements.quote.value = text.slice(0, 200);
    form.elements.document.value = block.closest(".doc").dataset.document;
    form.elements.paragraph.value = block.id.split("-")[1] ?? "";
    form.closest("details").open = true;
  });

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input,select,textarea,dialog")) return;
    const card = $(".card.current");
    if (e.key === "j") step(1);
    else if (e.key === "k") step(-1);
    else if (e.key === "a" && card) $("button[value=accepted]", card).click();
    else if ((e.key === "r" || e.key === "e") && card) { const more = $(".more", card); more.open = true; $(e.key === "r" ? "[name=reason]" : "[name=message]", more).focus(); e.preventDefault(); }
    else if (e.key === "/" && $("#q")) { $("#q").focus(); e.preventDefault(); }
    else if (e.key === "?") $("#keys").showModal();
  });
  document.addEventListener("htmx:afterSwap", (e) => { const id = e.detail.target?.id; if (id?.startsWith("f-")) document.getElementById(id)?.classList.add("current"); });

  for (const form of $$("[data-upload]")) upload(form);
})();
