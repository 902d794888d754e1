#include "sweep/make_plan.hpp"

#include "sweep/expand.hpp"
#include "sweep/survey.hpp"

namespace specsweep::sweep {

Plan make_plan(const Manifest& manifest, const PlanOptions& options)
{
    Plan plan = survey(manifest, options);
    expand(plan, manifest, options);
    cut(plan, manifest.shards, options.ranks_per_shard);
    return plan;
}

}  // namespace specsweep::sweep
