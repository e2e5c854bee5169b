#include "base/text.hpp"
#include "base/uuid.hpp"
#include "live/findings.hpp"

#include <algorithm>

namespace crmsync::live {

namespace {

std::string own_name(Desk& desk)
{
    return "crmsync " + to_string(make_uuid(desk.tenant().clock().now()));
}

} // namespace

Finding takes_unknown_category(Desk& desk)
{
    const std::string id = co_await desk.message();
    const std::string name = "crmsync " + to_string(make_uuid(desk.tenant().clock().now()));
    const std::vector<std::string> unknown(1, name);
    co_await desk.write_categories(id, unknown);
    const std::vector<std::string> there = co_await desk.categories_of(id);
    co_return there == unknown;
}

Finding drops_doubled_category(Desk& desk)
{
    const std::string id = co_await desk.message();
    const std::vector<std::string> twice(2, "twice");
    const Reply written = co_await desk.write_categories(id, twice);
    const std::vector<std::string> there = co_await desk.categories_of(id);
    if (!written.done() || there.empty())
        co_return std::nullopt;
    co_return there.size() == 1;
}

Finding reorders_categories(Desk& desk)
{
    const std::string id = co_await desk.message();
    const std::vector<std::string> names{"second", "third", "first"};
    co_await desk.write_categories(id, names);
    const std::vector<std::string> there = co_await desk.categories_of(id);
    if (!std::is_permutation(there.begin(), there.end(), names.begin(), names.end()))
        co_return std::nullopt;
    co_return there != names;
}

Finding spells_as_the_list(Desk& desk)
{
    const std::string listed = own_name(desk);
    if (co_await desk.category(listed) != 201)
        co_return std::nullopt;
    std::string other = listed;
    other.front() = 'C';
    const std::string id = co_await desk.message();
    const std::vector<std::string> one(1, other);
    co_await desk.write_categories(id, one);
    const std::vector<std::string> there = co_await desk.categories_of(id);
    if (there.size() != 1 || !same_name(there.front(), listed))
        co_return std::nullopt;
    co_return there.front() == listed;
}

Finding refuses_double_as_bad(Desk& desk)
{
    const std::string name = own_name(desk);
    if (co_await desk.category(name) != 201)
        co_return std::nullopt;
    const int again = co_await desk.category(name);
    if (again != 400 && again != 409)
        co_return std::nullopt;
    co_return again == 400;
}

Finding loses_deleted_category(Desk& desk)
{
    const std::string name = own_name(desk);
    if (co_await desk.category(name) != 201)
        co_return std::nullopt;
    const std::string id = co_await desk.message();
    const std::vector<std::string> one(1, name);
    const Reply written = co_await desk.write_categories(id, one);
    co_await desk.clear_categories();
    co_await desk.tenant().clock().sleep_for(std::chrono::seconds(20));
    const std::vector<std::string> there = co_await desk.categories_of(id);
    if (!written.done())
        co_return std::nullopt;
    co_return there.empty();
}

} // namespace crmsync::live
