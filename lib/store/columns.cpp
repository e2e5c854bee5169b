#include "store/columns.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace crmsync::store {

Sha256 read_digest(const pg::Result& result, int row, int column)
{
    const std::string bytes = result.get<pg::Bytes>(row, column).value;
    Sha256 digest{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
    return digest;
}

Record read_record(const pg::Result& result, int row, int first)
{
    Record record;
    record.id = RecordId(result.get<Uuid>(row, first));
    record.type = result.get<std::string>(row, first + 1);
    record.external_id = result.get<std::string>(row, first + 2);
    record.name = result.get<std::string>(row, first + 3);
    record.number = result.get<std::optional<std::string>>(row, first + 4);
    record.parent = optional_id<RecordId>(result, row, first + 5);
    record.owner = optional_id<RecordId>(result, row, first + 6);
    record.state = record_state(result.get<std::string_view>(row, first + 7));
    return record;
}

std::optional<OwnerClaim> read_claim(const pg::Result& result, int row, int first)
{
    const auto owner = optional_id<RecordId>(result, row, first);
    if (!owner)
        return std::nullopt;
    OwnerClaim claim;
    claim.owner = *owner;
    claim.by_person = true;
    claim.at = result.get<Timestamp>(row, first + 1);
    claim.address = result.get<std::string>(row, first + 2);
    return claim;
}

RecordState record_state(std::string_view word)
{
    if (word == "open")
        return RecordState::open;
    if (word == "closed")
        return RecordState::closed;
    throw std::logic_error("no state of a record: " + std::string(word));
}

StateCategory state_category(std::string_view word)
{
    for (const StateCategory category :
         {StateCategory::none, StateCategory::track, StateCategory::tracked, StateCategory::review,
          StateCategory::refused, StateCategory::failed})
        if (word == to_string(category))
            return category;
    throw std::logic_error("no state category: " + std::string(word));
}

pg::Json to_json(const std::vector<std::string>& texts)
{
    boost::json::array array;
    array.reserve(texts.size());
    for (const std::string& text : texts)
        array.emplace_back(storable(text));
    return {boost::json::serialize(array)};
}

pg::Json to_json(const DesiredCategories& desired)
{
    boost::json::object object;
    object["state"] = to_string(desired.state);
    if (desired.regarding)
        object["regarding"] = storable(*desired.regarding);
    boost::json::array& take_off = object["take_off"].emplace_array();
    for (const std::string& name : desired.take_off)
        take_off.emplace_back(storable(name));
    if (desired.restore)
        object["restore"] = true;
    if (desired.rename)
        object["rename"] = true;
    return {boost::json::serialize(object)};
}

DesiredCategories desired_categories(std::string_view json)
{
    const boost::json::value value =
        boost::json::parse(boost::json::string_view(json.data(), json.size()));
    const boost::json::object& object = value.as_object();
    DesiredCategories desired;
    desired.state = state_category(std::string_view(object.at("state").as_string()));
    if (const auto* regarding = object.if_contains("regarding"))
        desired.regarding = std::string(regarding->as_string());
    for (const boost::json::value& name : object.at("take_off").as_array())
        desired.take_off.emplace_back(name.as_string());
    desired.restore = object.contains("restore");
    desired.rename = object.contains("rename");
    return desired;
}

std::string storable(std::string text)
{
    if (text.find('\0') == std::string::npos)
        return text;
    return clean_utf8(text);
}

} // namespace crmsync::store
