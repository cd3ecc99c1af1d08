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
    const input = $("input[type=file]", form), drop = $(".drop", form), said = $(".chosen", form), bar = $(".sent", form);
    let dropped = [];
    const tell = (names) => { said.textContent = names.length ? `已选 ${names.length} 个文件：${names.slice(0, 3).join("、")}${names.length > 3 ? " 等" : ""}` : ""; };
    input.classList.add("sr");
    input.tabIndex = -1;
    input.addEventListener("change", () => { dropped = []; tell([...input.files].map((f) => f.name)); });
    for (const button of $$("[data-files],[data-folder]", form)) {
      button.hidden = false;
      button.addEventListener("click", () => { input.webkitdirectory = "folder" in button.dataset; input.click(); });
    }
    for (const kind of ["dragover", "dragleave", "drop"]) drop.addEventListener(kind, (e) => { e.preventDefault(); drop.classList.toggle("over", kind === "dragover"); });
    drop.addEventListener("drop", async (e) => {
      const items = [...e.dataTransfer.items].map((i) => i.webkitGetAsEntry()).filter(Boolean);
      dropped = (await Promise.all(items.map(entries))).flat();
      input.required = false;
      tell(dropped.map(([name]) => name.split("/").pop()));
    });
    form.addEventListener("submit", async (e) => {
      e.preventDefault();
      const data = new FormData(form), button = $("button[type=submit]", form);
      const files = dropped.length ? dropped : [...input.files].map((f) => [f.webkitRelativePath || f.name, f]);
      data.delete("files");
      for (const [name, file] of files) data.append("files", file, name);
      button.disabled = true;
      const answer = await sent(form.action, data, (done) => { said.textContent = done < 100 ? `正在上传 ${done}%` : "已传完，正在登记…"; bar.hidden = false; bar.value = done; });
      if (answer.redirected) { location.assign(answer.url); return; }
      said.textContent = answer.why;
      bar.hidden = true;
      button.disabled = false;
    });
  }

  function sent(address, data, progress) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", address);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "text";
      request.upload.addEventListener("progress", (e) => { if (e.lengthComputable) progress(Math.floor((e.loaded / e.total) * 100)); });
      request.addEventListener("error", () => done({ why: "网络断开，没有收下，请再试一次" }));
      request.addEventListener("load", () => {
        if (request.status < 400) { done({ redirected: true, url: request.responseURL }); return; }
        done({ why: why(request) || "没有收下，请再试一次" });
      });
      request.send(data);
    });
  }

  function why(request) {
    try { return JSON.parse(request.responseText).detail; } catch { return ""; }
  }

  let hiding = 0;
  function say(text) {
    const told = $("#told");
    told.textContent = text;
    told.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => { told.hidden = true; }, 8000);
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
    const cards = $$("[data-finding]:not([hidden])"), at = cards.findIndex((c) => c.classList.contains("current"));
    const hits = choose(cards[Math.min(Math.max(at + by, 0), cards.length - 1)]);
    hits?.[0]?.scrollIntoView({ block: "center" });
  }

  function next() {
    const cards = $$("[data-finding]:not([hidden])"), at = cards.findIndex((c) => c.classList.contains("current"));
    const waiting = [...cards.slice(at + 1), ...cards.slice(0, at + 1)].find((c) => c.dataset.kind.split(" ").includes("open"));
    if (!waiting) { say("问题都处理过了"); return; }
    choose(waiting)?.[0]?.scrollIntoView({ block: "center" });
  }

  document.addEventListener("click", (e) => {
    const to = e.target.closest("[data-goto]"), hit = e.target.closest(".left [data-findings]"), card = e.target.closest("[data-finding]");
    if (to) {
      const place = document.getElementById(to.dataset.goto);
      if (!place) return;
      e.preventDefault();
      const hits = card ? choose(card, false) : null;
      show("left");
      to.closest(".toc")?.removeAttribute("open");
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
    const draft = e.target.closest("[data-draft]");
    if (draft) { const text = draft.form.elements.text; text.value = [text.value.trim(), draft.dataset.draft].filter(Boolean).join("\n"); text.focus(); }
    if (e.target.closest("[data-print]")) window.print();
    if (e.target.closest("#marked")) supplement();
    for (const menu of $$(".menu[open],.toc[open]")) if (!menu.contains(e.target)) menu.open = false;
  });

  function filtered() {
    const only = $("[data-only]")?.value;
    for (const card of $$("[data-finding]")) card.hidden = Boolean(only) && !card.dataset.kind.split(" ").includes(only);
  }
  document.addEventListener("change", (e) => { if (e.target.closest("[data-only]")) filtered(); });

  const opened = [];
  window.addEventListener("beforeprint", () => { for (const d of $$(".right details:not(.more):not(.addone):not([open])")) { d.open = true; opened.push(d); } });
  window.addEventListener("afterprint", () => { for (const d of opened.splice(0)) d.open = false; });

  document.addEventListener("htmx:beforeSwap", (e) => {
    const xhr = e.detail.xhr;
    if (xhr.status < 400 || !xhr.getResponseHeader("Content-Type")?.startsWith("application/problem+json")) return;
    e.detail.shouldSwap = false;
    say((why(xhr) || "没有完成，请再试一次") + (xhr.status === 401 ? "：请在另一个窗口登录后再按一次，写的都还在" : ""));
  });
  document.addEventListener("htmx:sendError", () => say("网络断开或服务已停止，没有保存；写的都还在，请稍后再按一次"));
  document.addEventListener("htmx:timeout", () => say("等了太久没有回音，不知道存上没有；写的都还在，请再按一次，不会重复"));

  const changed = (f) => (f.tagName === "SELECT" ? [...f.options].some((o) => o.selected !== o.defaultSelected && (o.selected || f.selectedIndex !== 0)) : f.value !== f.defaultValue);
  const unsaved = () => $$(".right textarea:not([readonly]), .right input:not([type=hidden],[type=file],[readonly]), .right .opinion select, .right .decide select").some(changed);
  window.addEventListener("beforeunload", (e) => { if (unsaved()) e.preventDefault(); });
  document.addEventListener("reviewed", () => { if (!unsaved()) location.reload(); }); // else the page says so and waits

  document.addEventListener("htmx:afterRequest", (e) => {
    if (e.target.id !== "add" || !e.detail.successful) return;
    e.target.reset();
    e.target.closest("details").open = false;
    $("#own-h").hidden = false;
    choose($("#own").lastElementChild);
  });

  document.addEventListener("selectionchange", () => {
    const form = $("#add"), picked = document.getSelection();
    const text = picked.toString().trim();
    if (!text && $("#marked")) $("#marked").hidden = true;
    if (!form || !text || !picked.anchorNode) return;
    const node = picked.getRangeAt(0).startContainer;
    const block = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest(".left [id^=d]:not(.doc):not(h3)");
    if (!block) return;
    form.elements.quote.value = text.slice(0, 200);
    form.elements.document.value = block.closest(".doc").dataset.document;
    const [, paragraph = "", row = ""] = block.id.split("-");
    form.elements.paragraph.value = paragraph;
    form.elements.row.value = row.slice(1);
    const at = picked.getRangeAt(0).getBoundingClientRect(), button = $("#marked");
    button.hidden = false;
    button.style.left = `${Math.max(4, Math.min(at.left, innerWidth - 170))}px`;
    button.style.top = `${Math.max(4, Math.min(at.bottom + 6, innerHeight - 44))}px`;
  });

  function supplement() {
    const form = $("#add");
    if (!form) return;
    $("#marked").hidden = true;
    form.closest("details").open = true;
    show("right");
    form.scrollIntoView({ block: "center" });
    form.elements.title.focus();
  }

  function write(more, field) {
    const focus = () => $(field, more)?.focus();
    more.open = true;
    if ($(field, more)) focus(); else more.addEventListener("htmx:afterSettle", focus, { once: true }); // it is on its way
  }

  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape") for (const menu of $$(".menu[open],.toc[open]")) menu.open = false;
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input,select,textarea,dialog")) return;
    const card = $(".card.current");
    if (e.key === "j") step(1);
    else if (e.key === "k") step(-1);
    else if (e.key === "n") next();
    else if (e.key === "m" && $("#add")) { supplement(); e.preventDefault(); }
    else if (e.key === "a" && card) $("button[value=accepted]", card).click();
    else if ((e.key === "r" || e.key === "e") && card) { write($(".more", card), e.key === "r" ? "[name=reason]" : "[name=message]"); e.preventDefault(); }
    else if (e.key === "/" && $("#q")) { $("#q").focus(); e.preventDefault(); }
    else if (e.key === "?") $("#keys").showModal();
  });
  document.addEventListener("htmx:afterSwap", (e) => { const id = e.detail.target?.id; if (id?.startsWith("f-")) { const card = document.getElementById(id); card?.classList.add("current"); filtered(); if (card) $(".problem", card)?.scrollIntoView({ block: "center" }); } });

  document.addEventListener("submit", (e) => { const sure = e.target.dataset.sure; if (sure && !window.confirm(sure)) e.preventDefault(); });

  for (const form of $$("[data-upload]")) upload(form);
})();
