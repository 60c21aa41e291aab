// Draws a plot above every table of numbers in a figure of the class "plot", and small lines in elements of the class
// "spark". Every number comes from the table, so what people read and what they see cannot differ.
"use strict";

(() => {
  const { AutoScaleAxis, BarChart, FixedScaleAxis, Interpolation, LineChart, Svg } = Chartist;
  const LANGUAGE = document.documentElement.lang || "en";
  const SHORT = new Intl.NumberFormat(LANGUAGE, { notation: "compact", maximumSignificantDigits: 3 });
  const SHARE = new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumSignificantDigits: 2 });
  const LETTER = 6.6; // pixels of a letter of a label
  const SIGNS = 26; // letters of a label that rows show

  // Strict pages refuse attributes of style; what Chartist puts there is in plots.css.
  const attr = Svg.prototype.attr;
  Svg.prototype.attr = function (given, space) {
    if (!given || !given.style) return attr.call(this, given, space);
    const { style, ...others } = given;
    return attr.call(this, others, space);
  };

  function numberOf(text) {
    return text === undefined || text === "" || text === "-" ? null : Number(text);
  }

  function read(figure) {
    const head = [...figure.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
    const rows = [...figure.querySelectorAll("tbody tr")].map((row) => [...row.children]);
    return {
      over: head[0],
      labels: rows.map((row) => row[0].textContent.trim()),
      series: head.slice(1).map((name, place) => ({ name, cells: rows.map((row) => row[place + 1]) })),
    };
  }

  function valueOf(cell, log) {
    const value = numberOf(cell.dataset.value);
    return log && value !== null ? (value > 0 ? Math.log10(value) : null) : value;
  }

  function key(names) {
    const list = document.createElement("ul");
    list.className = "plot-key";
    names.forEach((name, place) => {
      const item = document.createElement("li");
      item.className = `plot-${"abcdefghi"[place]}`;
      item.textContent = name;
      list.append(item);
    });
    return list;
  }

  // Every n-th label, so that none covers another.
  function thinned(labels, width) {
    const longest = Math.max(...labels.map((label) => label.length), 1) * LETTER + 10;
    const step = Math.ceil((labels.length * longest) / Math.max(width, 1));
    return (label, place) => (place % step ? null : label);
  }

  function shown(options) {
    const share = options.unit === "percent";
    if (options.scale === "log") return (value) => (Number.isInteger(value) ? SHORT.format(10 ** value) : null);
    return (value) => (share ? SHARE : SHORT).format(value);
  }

  function ends(data, options) {
    const log = options.scale === "log";
    const all = data.series.flatMap((each) => each.cells.flatMap((cell) =>
      [cell.dataset.value, cell.dataset.low, cell.dataset.high].map(numberOf))).filter((value) => value !== null);
    const sum = (place) => data.series.reduce((total, each) => total + (numberOf(each.cells[place].dataset.value) || 0), 0);
    let top = Math.max(...(options.stacked ? data.labels.map((_, place) => sum(place)) : all), numberOf(options.mark) ?? 0);
    top = numberOf(options.top) ?? top;
    const low = Math.min(...all, 0);
    if (!(top > low)) top = low + 1;
    return log ? { low: 0, high: Math.ceil(Math.log10(Math.max(top, 10))) } : { low, high: top };
  }

  function title(element, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "title");
    made.textContent = text;
    element.getNode().append(made);
  }

  function describe(data, place, index) {
    const name = data.series.length > 1 ? `, ${data.series[place].name}` : "";
    return `${data.labels[index]}${name}: ${data.series[place].cells[index].textContent.trim()}`;
  }

  // The interval of a bar or point, as a line through its end.
  function interval(drawn, data, rows) {
    const cell = data.series[drawn.seriesIndex].cells[drawn.index];
    if (cell.dataset.low === undefined) return;
    const along = rows ? drawn.axisX : drawn.axisY;
    const place = (text) => along.projectValue(Number(text));
    const box = drawn.chartRect;
    const low = place(cell.dataset.low), high = place(cell.dataset.high);
    const at = drawn.type === "point" ? { x: drawn.x, y: drawn.y } : { x: drawn.x1, y: drawn.y1 };
    drawn.group.elem("line", rows
      ? { x1: box.x1 + low, x2: box.x1 + high, y1: at.y, y2: at.y }
      : { x1: at.x, x2: at.x, y1: box.y1 - low, y2: box.y1 - high }, "plot-interval");
  }

  function mark(made, options, rows) {
    if (options.mark === undefined) return;
    const box = made.chartRect;
    const place = (rows ? made.axisX : made.axisY).projectValue(Number(options.mark));
    made.svg.elem("line", rows
      ? { x1: box.x1 + place, x2: box.x1 + place, y1: box.y1, y2: box.y2 }
      : { x1: box.x1, x2: box.x2, y1: box.y1 - place, y2: box.y1 - place }, "plot-mark");
  }

  function lineOptions(data, options, width, axis) {
    const last = options.numeric ? 0 : data.labels.at(-1).length * LETTER + 4; // the last label begins below the last point
    const right = Math.max(18, Math.min(last, 40));
    const common = { axisY: axis, fullWidth: true, showPoint: data.labels.length <= 60, chartPadding: { top: 12, right, bottom: 2, left: 0 },
      lineSmooth: Interpolation.none({ fillHoles: false }), ...ends(data, options) };
    if (!options.numeric) return { ...common, axisX: { showGrid: false, labelInterpolationFnc: thinned(data.labels, width - 60) } };
    return { ...common, axisX: { type: AutoScaleAxis, onlyInteger: false, scaleMinSpace: 50, labelInterpolationFnc: (value) => SHORT.format(value) } };
  }

  function barOptions(data, options, width, axis, rows) {
    const { low, high } = ends(data, options);
    const common = { low, high, stackBars: Boolean(options.stacked), chartPadding: { top: 12, right: 18, bottom: 2, left: 0 } };
    const groups = Math.max(data.labels.length, 1), parts = options.stacked ? 1 : data.series.length;
    const room = rows ? 30 : (width - 70) / groups;
    const thick = Math.max(1, Math.min((room * 0.76) / parts, rows ? 14 : 46));
    const more = { ...common, seriesBarDistance: thick, thick: Math.max(1, thick * 0.92) };
    if (!rows) return { ...more, axisX: { showGrid: false, labelInterpolationFnc: thinned(data.labels, width - 60) }, axisY: axis };
    const most = Math.min(SIGNS, Math.max(...data.labels.map((label) => label.length)));
    const offset = Math.min(most * LETTER + 12, width * 0.42), fit = Math.max(4, Math.floor((offset - 8) / LETTER));
    return { ...more, horizontalBars: true, axisX: { ...axis, offset: 22, scaleMinSpace: 56 },
      axisY: { offset, showGrid: false, labelInterpolationFnc: (label) => (label.length > fit ? `${label.slice(0, fit - 1)}…` : label) } };
  }

  function draw(figure) {
    const data = read(figure), options = figure.dataset, rows = options.plot === "rows";
    if (!data.labels.length) return;
    const place = document.createElement("div");
    place.className = "plot-drawing";
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", figure.querySelector(".plot-title")?.textContent || data.over);
    const details = figure.querySelector("details");
    details.before(...(data.series.length > 1 ? [key(data.series.map((each) => each.name))] : []), place);
    details.open = false;
    const parts = options.stacked ? 1 : data.series.length;
    const height = rows ? data.labels.length * Math.max(26, parts * 13 + 10) + 34 : 220;
    const log = options.scale === "log", width = place.clientWidth || 640;
    const axis = { labelInterpolationFnc: shown(options), offset: 46, scaleMinSpace: 34 };
    const upwards = rows ? (list) => [...list].reverse() : (list) => list; // Chartist's rows begin at the bottom
    const order = options.stacked ? data.series : upwards(data.series);
    const series = order.map((each) => ({
      className: `plot-${"abcdefghi"[data.series.indexOf(each)]}`,
      data: upwards(each.cells).map((cell, row) => {
        const y = valueOf(cell, log);
        return options.numeric ? (y === null ? null : { x: Number(data.labels[row].replace(",", ".")), y }) : y;
      }),
    }));
    const lines = options.plot === "lines";
    const chosen = { height: `${height}px`, ...(lines ? lineOptions(data, options, width, axis) : barOptions(data, options, width, axis, rows)) };
    const Chart = lines ? LineChart : BarChart;
    const drawn = { labels: upwards(data.labels), series: order.map((each) => ({ ...each, cells: upwards(each.cells) })) };
    const chart = new Chart(place, { labels: options.numeric ? undefined : drawn.labels, series }, chosen);
    finish(chart, drawn, options, rows, chosen.thick);
  }

  function finish(chart, data, options, rows, thick) {
    chart.on("draw", (drawn) => {
      if (drawn.type !== "bar" && drawn.type !== "point") return;
      if (drawn.type === "bar") drawn.element.attr({ "stroke-width": thick });
      title(drawn.element, describe(data, drawn.seriesIndex, drawn.index));
      interval(drawn, data, rows);
    });
    chart.on("created", (made) => {
      mark(made, options, rows);
      const { width, height } = made.svg.getNode().getBoundingClientRect();
      if (width) made.svg.attr({ viewBox: `0 0 ${Math.round(width)} ${Math.round(height)}` });
    });
  }

  function drawSpark(element) {
    const values = element.dataset.values.split(" ").map(numberOf);
    if (values.filter((value) => value !== null).length < 2) return;
    const hidden = { showLabel: false, showGrid: false, offset: 0 };
    new LineChart(element, { series: [{ className: "plot-a", data: values }] }, {
      axisX: hidden, axisY: { ...hidden, type: FixedScaleAxis, low: 0, high: Math.max(...values, 1e-9), ticks: [] },
      fullWidth: true, showPoint: false, showArea: true, chartPadding: 2, lineSmooth: Interpolation.none({ fillHoles: true }),
      width: "96px", height: "28px",
    });
  }

  // Draws what is below an element and not drawn yet, for pages that change.
  function drawPlots(root = document) {
    for (const figure of root.querySelectorAll("figure.plot:not([data-drawn])")) {
      figure.dataset.drawn = "";
      draw(figure);
    }
    for (const element of root.querySelectorAll(".spark:not([data-drawn])")) {
      element.dataset.drawn = "";
      drawSpark(element);
    }
  }

  window.drawPlots = drawPlots;
  drawPlots();
})();
