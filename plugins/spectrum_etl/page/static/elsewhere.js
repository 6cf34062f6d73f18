// Links out of the page: the record in Procore, its DAG, and the run and log in Airflow.
import { html } from "./lib.js";

/** `links`: each with `title` and `href`, as the API gives them; those into Airflow replace it as a whole. */
export const Elsewhere = ({ links }) => !links?.length ? null : html`<span class="elsewhere">${links.map((each) => html`
  <a key=${each.title} href=${each.href} target=${each.outside ? "_blank" : "_top"} rel=${each.outside ? "noopener noreferrer" : undefined}>${each.title}</a>`)}</span>`;
