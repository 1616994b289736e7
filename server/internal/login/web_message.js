(function () {
  var data = document.body.dataset;
  var app = window.opener || window.parent;
  if (app !== window) app.postMessage(JSON.parse(data.message), data.origin);
})();
