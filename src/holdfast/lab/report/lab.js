"use strict";
(function () {
  const { data, own, colour, cut, narrow, tip, frame, axis, start } = window.report;

  const ink = (at) => colour(data.points[at].ours ? "policy-0" : "soft");
  const figure = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
  const spread = (range) => (range ? figure(range[0]) + " – " + figure(range[1]) : "–");

  // Names keep clear of each other: each goes to the first place that none before it takes.
  const places = [
    { position: "right", offset: [0, 0] }, { position: "right", offset: [0, 17] }, { position: "right", offset: [0, -17] },
    { position: "left", offset: [0, 0] }, { position: "top", offset: [0, 0] }, { position: "bottom", offset: [0, 0] },
  ];
  const placed = (element, most) => {
    const wide = (element.clientWidth || 800) * 0.9, high = (element.clientHeight || 400) * 0.8;
    const boxes = [];
    return data.points.map((point, at) => {
      const width = 7.5 * cut(data.policies[at]).length, height = 17;
      const x = (point.locked / most.x) * wide, y = (1 - point.lost / most.y) * high;
      const box = (place) => {
        const left = { right: x + 12, left: x - 12 - width, top: x - width / 2, bottom: x - width / 2 }[place.position];
        const middle = { right: y, left: y, top: y - 18, bottom: y + 18 }[place.position];
        return [left, middle - height / 2 + place.offset[1], width];
      };
      const free = (place) => {
        const [left, top] = box(place);
        if (left < -12 || left + width > wide * 1.04 || top + height > high + 10) return false;
        return boxes.every(([otherLeft, otherTop, otherWidth]) => left + width < otherLeft ||
          otherLeft + otherWidth < left || top + height < otherTop || otherTop + height < top);
      };
      const place = places.find(free) || places[0];
      boxes.push(box(place));
      return place;
    });
  };

  const bar = (at, from, to) => ({
    type: "line", silent: true, showSymbol: false, z: 2, data: [from, to],
    lineStyle: { color: ink(at), width: 1.5, opacity: 0.6, type: "solid" },
  });

  const frontier = (element) => {
    const reach = (key, range) => Math.max(...data.points.map((point) => (point[range] ? point[range][1] : point[key])), 0.1);
    const most = { x: reach("locked", "lockedRange") * 1.15, y: reach("lost", "lostRange") * 1.1 };
    const side = placed(element, most);
    const bars = data.points.flatMap((point, at) => [
      point.lockedRange && bar(at, [point.lockedRange[0], point.lost], [point.lockedRange[1], point.lost]),
      point.lostRange && bar(at, [point.locked, point.lostRange[0]], [point.locked, point.lostRange[1]]),
    ].filter(Boolean));
    return Object.assign(frame(element, own(data.text.frontier)), {
      grid: { left: 16, right: 24, top: 34, bottom: 40, containLabel: true },
      xAxis: axis({ type: "value", min: 0, max: most.x, name: own(data.text.locked_axis), nameLocation: "middle", nameGap: 30,
        nameTextStyle: { color: colour("soft") }, axisLabel: { color: colour("soft"), showMaxLabel: false, formatter: figure } }),
      yAxis: axis({ type: "value", min: 0, max: most.y, name: own(data.text.loss_axis),
        nameTextStyle: { color: colour("soft"), align: "left" }, axisLabel: { color: colour("soft"), showMaxLabel: false, formatter: figure } }),
      series: [
        ...bars,
        { type: "scatter", z: 3, symbolSize: 13,
          data: data.points.map((point, at) => ({
            value: [point.locked, point.lost], name: data.policies[at], itemStyle: { color: ink(at) },
            symbol: point.ours ? "circle" : "rect",
            label: { show: true, ...side[at], formatter: cut(data.policies[at]), color: colour("ink"),
              fontWeight: point.ours ? 700 : 400, fontSize: narrow(element) ? 11 : 13 },
          })) },
      ],
      tooltip: Object.assign(frame(element, "").tooltip, {
        trigger: "item",
        formatter: (item) => {
          const point = data.points[item.dataIndex];
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

  start({ frontier }, () => 0);
})();
