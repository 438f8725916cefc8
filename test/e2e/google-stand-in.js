// Answers for https://www.gstatic.com/charts/loader.js in tests: records what the page draws. Not Google's code.
// biome-ignore-all lint: runs in the page as it is
(() => {
  const log = { loads: [], draws: 0, rows: {} };
  window.googleLog = log;
  class DataTable {
    columns = [];
    rows = [];
    addColumn(...column) {
      this.columns.push(column);
    }
    addRows(rows) {
      this.rows.push(...rows);
    }
    removeRows(from, count) {
      this.rows.splice(from, count);
    }
    getNumberOfRows() {
      return this.rows.length;
    }
  }
  class ColumnChart {
    constructor(element) {
      this.element = element;
      this.name = element.closest('[data-channel]').dataset.channel;
    }
    draw(table, options) {
      log.draws += 1;
      log.rows[this.name] = table.rows.map(([at, value, style]) => ({
        at: at.getTime(),
        value,
        style,
      }));
      log.options = options;
      this.element.textContent = 'drawn by the stand-in';
    }
    clearChart() {}
  }
  let callback = null;
  window.google = {
    charts: {
      load(version, settings) {
        log.loads.push([version, settings]);
        return Promise.resolve();
      },
      setOnLoadCallback(next) {
        callback = next;
        setTimeout(() => callback());
      },
    },
    visualization: { DataTable, ColumnChart, events: { addListener() {} } },
  };
})();
