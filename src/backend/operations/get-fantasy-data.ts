// Sports and fantasy data of a league, from the sources that cover it.
import { getLeague } from "../../feeds/sports/get-league.ts";
import { handler } from "../handler.ts";
import { stopIfAborted } from "../stop.ts";

export const handle = handler("fantasy.input", "fantasy.output", async (parts, input, context) => {
  try {
    context.progress(`asking for the ${input.sport}`);
    return await getLeague(await parts.feeds(), input, context.signal);
  } catch (thrown) {
    stopIfAborted(context.signal, "getFantasyData");
    throw thrown;
  }
});
