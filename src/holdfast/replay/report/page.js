"use strict";
(function () {
  const { data, all, language, own, colour, cut, narrow, tip, frame, axis, start } = window.report;

  // --- figures -------------------------------------------------------------------------------------------

  const whole = (minor) => minor / 10 ** data.money.digits;
  const money = (minor) => {
    const digits = data.money.digits;
    const value = Math.abs(whole(minor)).toLocaleString("en-US", {
      minimumFractionDigits: digits, maximumFractionDigits: digits,
    });
    return (minor < 0 ? "-" : "") + own(data.money) + value;
  };
  const steps = { zh: [[1e8, "亿"], [1e4, "万"]], en: [[1e9, "bn"], [1e6, "m"], [1e3, "k"]] };
  const short = (minor) => {
    const value = whole(minor);
    for (const [step, unit] of steps[language()]) {
      if (Math.abs(value) >= step) return own(data.money) + Number((value / step).toPrecision(3)) + unit;
    }
    return own(data.money) + Number(value.toPrecision(3));
  };
  const percent = (value) => (Math.trunc(Number((value * 1000).toFixed(6))) / 10).toLocaleString("en-US") + "%";
  const spanOf = (value) => {
    const number = value.toLocaleString("en-US", { maximumFractionDigits: 1 });
    return language() === "zh" ? number + " 天" : number + (number === "1" ? " day" : " days");
  };

  // --- charts --------------------------------------------------------------------------------------------

  const last = data.policies.length - 1;
  const isToday = (at) => at === last;
  const ink = (at) => (isToday(at) ? colour("today") : colour("policy-" + (at % 5)));
  const dash = (at) => (isToday(at) ? [5, 4] : at < 5 ? "solid" : [2, 3]);
  // Lines are named at their ends. Where ends are too near for names of their own, all names stand together at
  // one of them, each in its line's colour: a line behind another shall not seem to be the other.
  const STEP = 0.055;
  const named = (lines, top) => {
    const ends = lines.map((values) => values.filter((value) => value !== null).pop() || 0);
    const span = top || Math.max(...ends, 0) || 1;
    const groups = [];
    for (const at of ends.map((_, at) => at).sort((one, other) => ends[other] - ends[one])) {
      const end = Math.min(ends[at], span), group = groups[groups.length - 1];
      if (group && group.end - end < span * STEP * (group.members.length + 1) / 2) group.members.push(at);
      else groups.push({ end, members: [at] });
    }
    return ends.map((_, at) => {
      const group = groups.find(({ members }) => members[0] === at);
      return group && names(group.members, group.end < span * STEP * group.members.length);
    });
  };
  const plain = (text) => cut(text).replace(/[{}|]/g, " ");
  const LINE = 17;
  // Names at the foot of the chart stand above it, clear of the dates.
  const names = (members, atFoot) => ({
    offset: [0, atFoot ? LINE * 0.4 - (members.length * LINE) / 2 : 0],
    formatter: members.map((at) => "{p" + at + "|" + plain(data.policies[at]) + "}").join("\n"),
    rich: Object.fromEntries(members.map((at) => ["p" + at, { color: ink(at), fontWeight: 600, fontSize: 13, lineHeight: LINE }])),
  });
  // A line that later ones cover is drawn wider than they are, so that it is seen on both sides of them.
  const covering = (lines, at) => lines.slice(at + 1).filter((later) =>
    later.filter((value, day) => value === lines[at][day]).length > 0.9 * later.length).length;

  const overTime = (element, lines, format, tick, extra) => {
    const slim = narrow(element);
    const marks = new Map(data.vanished);
    const labelled = named(lines, extra.max);
    return Object.assign(frame(element, own(data.text[element.dataset.chart])), {
      grid: { left: 8, right: slim ? 14 : 132, top: 26, bottom: 8, containLabel: true },
      xAxis: axis({ type: "category", data: data.dates, boundaryGap: false, splitLine: { show: false } }),
      yAxis: axis({ type: "value", min: 0, max: extra.max, axisLine: { show: false },
        axisLabel: { color: colour("soft"), formatter: tick } }),
      series: lines.map((values, at) => ({
        type: "line", name: data.policies[at], silent: true, showSymbol: data.dates.length === 1, symbolSize: 8,
        data: extra.max ? values.map((value) => (value === null ? null : Math.min(value, extra.max))) : values,
        lineStyle: { width: (isToday(at) ? 2 : 2.5) + 3.5 * covering(lines, at), color: ink(at), type: dash(at) },
        itemStyle: { color: ink(at) },
        endLabel: Object.assign({ show: !slim && !!labelled[at], distance: 8 }, labelled[at]),
        z: isToday(at) ? 2 : 3,
        markLine: at === 0 && extra.line ? {
          silent: true, symbol: "none", data: [{ yAxis: 1 }], label: { show: false },
          lineStyle: { color: colour("ink"), width: 1, type: [2, 3] },
        } : undefined,
      })).concat(marks.size && extra.max ? [{
        type: "line", silent: true, symbol: "triangle", symbolRotate: 180, symbolSize: [10, 8], showAllSymbol: true,
        lineStyle: { width: 0, opacity: 0 }, itemStyle: { color: colour("loss") }, symbolOffset: [0, "-70%"],
        data: data.dates.map((_, at) => (marks.has(at) ? extra.max : null)), z: 5, clip: false,
      }] : []),
      tooltip: Object.assign(frame(element, "").tooltip, {
        trigger: "axis", axisPointer: { lineStyle: { color: colour("soft"), type: "solid" } },
        formatter: (points) => {
          const at = points[0].dataIndex;
          const rows = lines.map((values, policy) => [ink(policy), data.policies[policy],
            values[at] === null ? "–" : format(values[at])]);
          for (const id of (marks.get(at) || []).slice(0, 5)) rows.push([colour("loss"), "▼ " + cut(id), ""]);
          return tip(data.dates[at], rows);
        },
      }),
    });
  };

  const bars = (element, shown, right, tick) => Object.assign(frame(element, own(data.text[element.dataset.chart])), {
    grid: { left: 8, right, top: 8, bottom: 8, containLabel: true },
    xAxis: axis({ type: "value", splitNumber: narrow(element) ? 2 : 5, axisLine: { show: false },
      axisLabel: { color: colour("soft"), formatter: tick, hideOverlap: true } }),
    yAxis: axis({ type: "category", inverse: true, data: data.policies.map(cut), splitLine: { show: false },
      axisLabel: { color: colour("ink"), fontWeight: 600 } }),
    series: shown,
  });

  const options = {
    coverage: (element) => overTime(element, data.coverage, percent, percent, { line: true, max: data.top }),
    locked: (element) => overTime(element, data.locked, money, short, {}),
    locked_days: (element) => Object.assign(bars(element, [{
      type: "bar", barWidth: 22, silent: true,
      data: data.lockedDays.map((value, at) => ({ value, itemStyle: { color: ink(at) } })),
      label: { show: true, position: "right", color: colour("ink"), formatter: (point) => spanOf(point.value || 0) },
    }], 84, (value) => String(value)), { tooltip: { show: false } }),
    sources: (element) => Object.assign(bars(element, data.sources.map((source) => ({
      type: "bar", stack: "claims", barWidth: 30, name: own(source), data: source.values,
      emphasis: { disabled: true },
      itemStyle: {
        color: colour(source.key), borderColor: colour("paper"), borderWidth: 1,
        decal: source.key === "uncovered"
          ? { symbol: "rect", color: colour("paper"), dashArrayX: [1, 0], dashArrayY: [2, 6], rotation: -Math.PI / 4 }
          : undefined,
      },
    })), 28, short), {
      tooltip: Object.assign(frame(element, "").tooltip, {
        trigger: "axis", axisPointer: { type: "none" },
        formatter: (points) => tip(data.policies[points[0].dataIndex], data.sources.map((source) =>
          [colour(source.key), own(source), money(source.values[points[0].dataIndex])])),
      }),
    }),
  };

  // --- choices: one policy beside today's, one run-away ------------------------------------------------------

  const choose = (select, apply) => {
    select.closest(".pick").hidden = select.options.length < 2;
    select.addEventListener("change", () => apply(select.value));
    select.selectedIndex = 0;
    apply(select.value);
  };
  const risky = document.getElementById("risky-policy");
  choose(risky, (value) => {
    for (const block of all("[data-risky]")) block.hidden = block.dataset.risky !== value;
  });
  const which = document.getElementById("which");
  if (which) {
    choose(which, (value) => {
      for (const block of all("[data-story]")) block.hidden = block.dataset.story !== value;
    });
    choose(document.getElementById("beside"), (value) => {
      for (const cell of all("#stories [data-p]")) cell.hidden = cell.dataset.p !== value && cell.dataset.p !== String(last);
      for (const line of all("#stories tr[data-days]")) {
        line.hidden = !all("td:not([hidden]) li", line).length;
      }
    });
  }

  // --- sorting -------------------------------------------------------------------------------------------------

  const sort = (head) => {
    const table = head.closest("table");
    const at = Array.from(head.parentNode.children).indexOf(head);
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const other of all("th", head.parentNode)) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.children[at].dataset.k;
    const order = (left, right) => {
      if (key(left) === "" || key(right) === "") return (key(left) === "") - (key(right) === "");
      const way = head.dataset.kind === "number" ? Number(key(left)) - Number(key(right)) : key(left) < key(right) ? -1 : 1;
      return down ? -way : way;
    };
    all("tbody tr", table).sort(order).forEach((row) => row.parentNode.appendChild(row));
  };
  for (const button of all("th button")) button.addEventListener("click", () => sort(button.parentNode));

  start(options, (element) =>
    element.dataset.chart in { locked_days: 1, sources: 1 } ? 48 + 54 * data.policies.length : 0);
})();
