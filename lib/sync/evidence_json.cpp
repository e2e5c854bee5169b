#include "sync/evidence_json.hpp"

#include <boost/json.hpp>

namespace crmsync::sync {

std::string evidence_json(const Decision& decision)
{
    boost::json::array list;
    if (decision.outcome != Outcome::tracked)
        return boost::json::serialize(list);
    for (const Evidence& evidence : decision.evidence) {
        boost::json::object entry;
        entry["rule"] = to_string(evidence.rule);
        entry["strength"] = static_cast<int>(evidence.strength);
        entry["field"] = evidence.field;
        entry["reason"] = evidence.reason;
        boost::json::array candidates;
        for (const RecordId& record : evidence.candidates)
            candidates.emplace_back(to_string(record.value));
        entry["candidates"] = std::move(candidates);
        list.emplace_back(std::move(entry));
    }
    return boost::json::serialize(list);
}

} // namespace crmsync::sync
