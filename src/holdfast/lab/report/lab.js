"use strict";
(function () {
  const { data, own, colour, narrow, tip, frame, axis, start } = window.report;

  const chart = (points) => {
    const ink = (at) => colour(points[at].ours ? "policy-0" : "today");
    const figure = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
    const spread = (range) => (range ? figure(range[0]) + " – " + figure(range[1]) : "–");
    const short = (name, most) => (name.length > most ? name.slice(0, most - 1) + "…" : name);

    // --- where things are: the axes are set here, so that names can be placed before they are drawn -----------

    const step = (span) => {
      const power = 10 ** Math.floor(Math.log10(span / 5));
      return [1, 2, 5, 10].map((factor) => factor * power).find((one) => span / one <= 5.0001);
    };
    const scale = (key, range, room) => {
      const ends = points.flatMap((point) => [point[key], ...(point[range] || [])]);
      const low = Math.min(0, ...ends), high = Math.max(0.1, ...ends) * room;
      const by = step(high - low);
      return { min: Math.floor(low / by) * by, max: Math.ceil(high / by) * by, interval: by };
    };
    const edge = { left: 56, right: 20, top: 40, bottom: 52 };

    // Points at the same place, as far as an eye can tell, are rings around each other, and their names stand
    // together.
    const RING = 9, SAME = 6, LINE = 16;
    const groups = (at) => {
      const found = [];
      points.forEach((_, index) => {
        const [px, py] = at(index);
        const there = found.find(([first]) => Math.hypot(at(first)[0] - px, at(first)[1] - py) < SAME);
        if (there) there.push(index);
        else found.push([index]);
      });
      return found;
    };

    // Names keep clear of points, of bars and of each other: each goes to the first place that is free.
    const side = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [1, 1], [-1, -1], [-1, 1]];
    const tries = [0, 18, 36, 54, 72, 90, 108, 126].flatMap((far) => side.map((way) => [...way, far]));
    const meets = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
    const place = (element, x, y, font, most) => {
      const pen = document.createElement("canvas").getContext("2d");
      pen.font = font;
      const wide = element.clientWidth - edge.left - edge.right, high = element.clientHeight - edge.top - edge.bottom;
      const across = (value) => edge.left + ((value - x.min) / (x.max - x.min)) * wide;
      const up = (value) => edge.top + (1 - (value - y.min) / (y.max - y.min)) * high;
      const pixel = (at) => [across(points[at].locked), up(points[at].lost)];
      const together = groups(pixel);
      const before = (at) => together.find((members) => members.includes(at)).indexOf(at);
      const taken = points.flatMap((point, at) => {
        const [px, py] = pixel(at);
        const [ox, oy] = [point.lockedRange || [point.locked, point.locked], point.lostRange || [point.lost, point.lost]];
        const half = 8 + RING * before(at) / 2;
        return [[px - half, py - half, px + half, py + half], [across(ox[0]), py - 2, across(ox[1]), py + 2],
          [px - 2, up(oy[1]), px + 2, up(oy[0])]];
      });
      const foot = edge.top + high + 2;
      const ours = (members) => members.some((at) => points[at].ours);
      const order = together.slice().sort((one, other) => ours(other) - ours(one));
      const found = points.map((_, at) => ({ rings: before(at) }));
      for (const members of order) {
        const at = members[0], lines = members.map((one) => short(data.policies[one], most));
        const width = Math.max(...lines.map((text) => pen.measureText(text).width)) + 6, height = LINE * lines.length + 2;
        const [px, py] = pixel(at);
        const box = ([h, v, far]) => {
          const lift = (height - 18) / 2;
          const down = py + v * (lift + (h ? 14 : 18) + far);
          const middle = [px + h * (width / 2 + 11 + (v ? 2 : far)), Math.min(down, foot - height / 2)];
          return [middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2];
        };
        const free = (one) => one[0] >= 0 && one[2] <= element.clientWidth && one[1] >= 22 &&
          one[3] <= foot && !taken.some((other) => meets(one, other));
        // A name that is as near to another point would be read as that one's.
        const away = (one, [qx, qy]) => Math.hypot(Math.max(0, one[0] - qx, qx - one[2]), Math.max(0, one[1] - qy, qy - one[3]));
        const doubtful = (one) => points.some((_, other) =>
          !members.includes(other) && away(one, pixel(other)) < away(one, [px, py]) + 4);
        const boxes = tries.map(box).filter(free);
        const chosen = boxes.find((one) => !doubtful(one)) || boxes[0] || box(tries[0]);
        taken.push(chosen);
        const end = [(chosen[0] + chosen[2]) / 2, (chosen[1] + chosen[3]) / 2];
        const far = doubtful(chosen) || away(chosen, [px, py]) > 16;
        found[at] = { rings: 0, lines, far, offset: [end[0] - px, end[1] - py],
          to: [Math.min(Math.max(px, chosen[0]), chosen[2]), Math.min(Math.max(py, chosen[1]), chosen[3])]
            .map((spot, way) => (way ? y.max - ((spot - edge.top) / high) * (y.max - y.min)
              : x.min + ((spot - edge.left) / wide) * (x.max - x.min))) };
      }
      return found;
    };
    // --- the chart ------------------------------------------------------------------------------------------------

    const line = (from, to, color, extra) => Object.assign({
      type: "line", silent: true, showSymbol: false, z: 2, clip: false, data: [from, to],
      lineStyle: { color, width: 1.5, opacity: 0.75, type: "solid" },
    }, extra);
    const bars = (point, at) => [
      point.lockedRange && line([point.lockedRange[0], point.lost], [point.lockedRange[1], point.lost], ink(at)),
      point.lostRange && line([point.locked, point.lostRange[0]], [point.locked, point.lostRange[1]], ink(at)),
    ].filter(Boolean);

    const frontier = (element) => {
      const slim = narrow(element), most = slim ? 18 : 28, size = slim ? 11 : 13;
      const x = scale("locked", "lockedRange", 1.12), y = scale("lost", "lostRange", 1.05);
      const names = place(element, x, y, "600 " + size + "px " + getComputedStyle(document.body).fontFamily, most);
      const leaders = names.map((name, at) => name.far && line([points[at].locked, points[at].lost], name.to,
        colour("rule"), { z: 1, lineStyle: { color: colour("rule"), width: 1, type: [2, 3] } })).filter(Boolean);
      return Object.assign(frame(element, own(data.text.frontier)), {
        grid: Object.assign({ containLabel: false }, edge),
        xAxis: axis(Object.assign({ type: "value", name: own(data.text.locked_axis), nameLocation: "middle", nameGap: 30,
          nameTextStyle: { color: colour("soft") }, axisLabel: { color: colour("soft"), formatter: figure } }, x)),
        yAxis: axis(Object.assign({ type: "value", name: own(data.text.loss_axis), nameTextStyle: { color: colour("soft"),
          align: "left", padding: [0, 0, 0, -edge.left + 12] }, axisLabel: { color: colour("soft"), formatter: figure } }, y)),
        series: [...leaders, ...points.flatMap(bars), {
          type: "scatter", z: 3, clip: false,
          data: points.map((point, at) => ({
            value: [point.locked, point.lost], name: data.policies[at], symbol: point.ours ? "circle" : "rect",
            symbolSize: 12 + RING * names[at].rings,
            itemStyle: names[at].rings ? { color: "transparent", borderColor: ink(at), borderWidth: 1.5 } : { color: ink(at) },
            label: { show: !!names[at].lines, position: "inside", offset: names[at].offset || [0, 0],
              formatter: () => (names[at].lines || []).join("\n"), lineHeight: LINE, align: "center", color: colour("ink"), fontWeight: point.ours ? 600 : 400, fontSize: size },
          })) }],
        tooltip: Object.assign(frame(element, "").tooltip, {
          trigger: "item",
          formatter: (item) => {
            const point = points[item.dataIndex];
            return tip(data.policies[item.dataIndex], [
              [ink(item.dataIndex), own(data.text.locked_axis), figure(point.locked)],
              ["transparent", "95%", spread(point.lockedRange)],
              [ink(item.dataIndex), own(data.text.loss_axis), figure(point.lost)],
              ["transparent", "95%", spread(point.lostRange)],
            ]);
          },
        }),
      });
    };

    return frontier;
  };

  start({ first_year: chart(data.points.first_year), settled: chart(data.points.settled) }, () => 0);
})();
