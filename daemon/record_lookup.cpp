#include "record_lookup.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"
#include "store/handover.hpp"

#include <vector>

namespace crmsync {

namespace asio = boost::asio;

namespace {

Record the_only(std::vector<Record> found, const std::string& named, const std::string& unknown)
{
    if (found.empty())
        throw Failure(Reaction::stop, "record.unknown", unknown);
    if (found.size() > 1) {
        std::vector<std::string> names;
        for (const Record& record : found)
            names.push_back(spelled(record));
        throw Failure(Reaction::stop, "record.ambiguous",
                      "\"" + named + "\" names several records; say which: " + join(names, " or "));
    }
    return std::move(found.front());
}

} // namespace

std::string spelled(const Record& record) { return record.type + ":" + record.external_id; }

bool may_own(const Record& record) { return record.type == "user" || record.type == "team"; }

asio::awaitable<Record> find_record(pg::Pool& pool, std::string named)
{
    store::Handover store(pool);
    std::vector<Record> found = co_await store.named(named);
    co_return the_only(std::move(found), named,
                       "no record \"" + named + "\"; crmsync record find TEXT shows their ids");
}

asio::awaitable<Record> find_user(pg::Pool& pool, std::string named)
{
    store::Handover store(pool);
    std::vector<Record> found = co_await store.named(named);
    std::erase_if(found, [](const Record& record) { return !may_own(record); });
    co_return the_only(std::move(found), named,
                       "no user or team \"" + named +
                           "\"; crmsync record find TEXT shows who there is");
}

} // namespace crmsync
