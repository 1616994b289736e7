package io.github.mockauth0;

import com.google.gson.JsonElement;

/** A failure that is on. */
public final class Injection {
  private final MockAuth0 auth;
  private final String path;

  Injection(MockAuth0 auth, String id) {
    this.auth = auth;
    this.path = "/_mock/scenarios/" + MockAuth0.encode(id);
  }

  /** How often it acted. */
  public int fired() {
    int sum = 0;
    for (JsonElement rule : auth.json("GET", path, null).getAsJsonObject().getAsJsonArray("rules")) {
      sum += rule.getAsJsonObject().get("fired").getAsInt();
    }
    return sum;
  }

  /** Throws an error unless it acted so often. */
  public void mustFire(int times) {
    if (fired() != times) {
      throw new AssertionError("the scenario should act " + times + " times, and acted " + fired() + " times\n" + auth.report());
    }
  }

  /** Switches it off. */
  public void remove() {
    auth.control("DELETE", path, null);
  }
}
