"use strict";
// What every report's page does: language and appearance, charts at the right size, on paper too.
window.report = (function () {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const remember = (key, value) => {
    try { localStorage.setItem("holdfast-report-" + key, value); } catch (error) { /* private window: not remembered */ }
  };
  const language = () => root.dataset.lang;
  const own = (text) => text[language()];

  const colour = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();
  const cut = (name) => (name.length > 18 ? name.slice(0, 17) + "…" : name);
  const narrow = (element) => element.clientWidth < 560;
  const font = () => getComputedStyle(document.body).fontFamily;

  const tip = (title, lines) => {
    const box = document.createElement("div");
    box.className = "tip";
    box.appendChild(document.createElement("strong")).textContent = title;
    for (const [mark, name, value] of lines) {
      const line = box.appendChild(document.createElement("div"));
      const swatch = line.appendChild(document.createElement("i"));
      swatch.style.background = mark;
      line.appendChild(document.createElement("span")).textContent = name;
      line.appendChild(document.createElement("b")).textContent = value;
    }
    return box;
  };
  const frame = (element, description) => ({
    animation: false,
    textStyle: { fontFamily: font(), color: colour("soft"), fontSize: 13 },
    aria: { enabled: true, label: { description }, decal: { show: false } },
    tooltip: {
      backgroundColor: colour("paper"), borderColor: colour("rule"), borderWidth: 1, padding: 12,
      textStyle: { color: colour("ink"), fontSize: 13 }, extraCssText: "box-shadow:none;border-radius:3px;",
      confine: true,
    },
  });
  const axis = (extra) => Object.assign({
    axisLine: { lineStyle: { color: colour("rule") } }, axisTick: { show: false },
    axisLabel: { color: colour("soft"), hideOverlap: true },
    splitLine: { lineStyle: { color: colour("hair") } },
  }, extra);

  // --- drawing -----------------------------------------------------------------------------------------

  // `options` makes each chart's by its name; `heights` tells how high it is, where the style does not.
  const start = (options, heights) => {
    const charts = all("[data-chart]").map((element) => {
      const height = heights(element);
      if (height) element.style.height = height + "px";
      return [element, echarts.init(element, null, { renderer: "svg" })];
    });
    const draw = () => {
      for (const [element, chart] of charts) {
        chart.resize();
        chart.setOption(options[element.dataset.chart](element), true);
      }
    };
    const speak = (chosen) => {
      root.dataset.lang = chosen;
      root.lang = chosen === "en" ? "en" : "zh-CN";
      draw();
    };
    const dress = (chosen) => {
      if (chosen === "auto") delete root.dataset.theme;
      else root.dataset.theme = chosen;
      draw();
    };
    const bind = (name, chosen, apply) => {
      for (const input of all('input[name="' + name + '"]')) {
        input.checked = input.value === chosen;
        input.addEventListener("change", () => { remember(name, input.value); apply(input.value); });
      }
    };
    bind("lang", root.dataset.lang, speak);
    bind("theme", root.dataset.theme || "auto", dress);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

    let waiting = 0;
    addEventListener("resize", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(draw); });
    let before;
    addEventListener("beforeprint", () => { before = root.dataset.theme; root.dataset.theme = "light"; draw(); });
    addEventListener("afterprint", () => {
      if (before) root.dataset.theme = before;
      else delete root.dataset.theme;
      draw();
    });
    draw();
  };

  return { root, data, all, language, own, colour, cut, narrow, tip, frame, axis, start };
})();
