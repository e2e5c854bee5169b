#include "store/record_csv.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"
#include "store/csv.hpp"
#include "store/label_key.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace crmsync::store {
namespace {

constexpr std::array record_types = {"account", "contact", "lead", "opportunity",
                                     "case",    "user",    "team", "list"};

/// What is looked up stands in an index, which takes no rows of more than 2.7 KB.
constexpr std::size_t longest_key = 1000;

constexpr const char* not_clean = "text that is not UTF-8, or a control character";

/// Why a row does not go in.
struct BadField {
    std::string reason;
};

/// Where each column stands; columns without a meaning of their own go into `fields`.
struct Columns {
    std::optional<std::size_t> external_id, name, domain, number, parent, owner, state;
    std::optional<std::size_t> members; ///< of a team
    std::vector<std::size_t> emails;
    std::vector<std::pair<std::string, std::size_t>> others;
    std::size_t count = 0;
};

bool is_clean(const CsvRow& row)
{
    return std::all_of(row.fields.begin(), row.fields.end(),
                       [](const std::string& field) { return clean_utf8(field) == field; });
}

Columns read_header(const CsvRow& header, const std::string& type)
{
    if (!header.broken.empty())
        throw UsageError("the header line is broken: " + header.broken);
    if (!is_clean(header))
        throw UsageError(std::string("the header line has ") + not_clean);
    Columns columns;
    columns.count = header.fields.size();
    std::set<std::string> seen;
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
        const std::string name = fold(trim(header.fields[i]));
        if (name.empty())
            throw UsageError("the header line has a column without a name (column " +
                             std::to_string(i + 1) + ")");
        if (!seen.insert(name).second)
            throw UsageError("the header line names the column \"" + name + "\" twice");
        if (name == "external_id")
            columns.external_id = i;
        else if (name == "name")
            columns.name = i;
        else if (name == "email" || name == "email2" || name == "email3")
            columns.emails.push_back(i);
        else if (name == "domain")
            columns.domain = i;
        else if (name == "number")
            columns.number = i;
        else if (name == "parent")
            columns.parent = i;
        else if (name == "owner")
            columns.owner = i;
        else if (name == "state")
            columns.state = i;
        else if (name == "members" && type == "team")
            columns.members = i;
        else
            columns.others.emplace_back(name, i);
    }
    if (!columns.external_id || !columns.name)
        throw UsageError(std::string("the header line lacks the column \"") +
                         (columns.external_id ? "name" : "external_id") + "\"");
    return columns;
}

/// One row of the file on its way to a RecordRow; throws BadField where one is wrong.
class RowReader {
public:
    RowReader(const Columns& columns, const CsvRow& row) : columns_(columns), row_(row) {}

    RecordRow read(const std::string& type)
    {
        RecordRow record;
        record.line = row_.line;
        record.key.type = type;
        record.key.external_id = key_field("external_id", *columns_.external_id);
        record.name = key_field("name", *columns_.name);
        if (record.key.external_id.empty())
            throw BadField{"external_id is empty"};
        if (record.name.empty())
            throw BadField{"name is empty"};
        if (columns_.number)
            record.number = number(*columns_.number);
        if (columns_.parent)
            record.parent = parent(field(*columns_.parent));
        if (columns_.owner)
            record.owner = owner(field(*columns_.owner));
        if (columns_.state)
            record.state = state(field(*columns_.state));
        if (!columns_.emails.empty())
            record.addresses = addresses();
        if (columns_.domain)
            record.domains = domains(field(*columns_.domain));
        boost::json::object others;
        for (const auto& [name, i] : columns_.others)
            others[name] = field(i);
        if (columns_.members)
            others["members"] = members(field(*columns_.members));
        record.fields_json = boost::json::serialize(others);
        return record;
    }

private:
    std::string field(std::size_t i) const { return std::string(trim(row_.fields[i])); }

    std::string key_field(std::string_view name, std::size_t i) const
    {
        std::string text = field(i);
        if (std::max(text.size(), label_key(text).size()) > longest_key)
            throw BadField{std::string(name) + " is longer than " + std::to_string(longest_key) +
                           " bytes"};
        return text;
    }

    Said<std::string> number(std::size_t i) const
    {
        std::string text = key_field("number", i);
        if (text.empty())
            return Said<std::string>::empty();
        return text;
    }

    static Said<RecordKey> parent(const std::string& text)
    {
        if (text.empty())
            return Said<RecordKey>::empty();
        const auto colon = text.find(':');
        if (colon == std::string::npos)
            return RecordKey{"account", text};
        RecordKey key{text.substr(0, colon), text.substr(colon + 1)};
        if (!is_record_type(key.type) || key.external_id.empty())
            throw BadField{"parent \"" + text + "\" is not type:external_id"};
        return key;
    }

    static Said<Address> owner(const std::string& text)
    {
        if (text.empty())
            return Said<Address>::empty();
        const std::optional<Address> address = parse_address(text);
        if (!address)
            throw BadField{"owner \"" + text + "\" is no mail address"};
        return *address;
    }

    /// Users' addresses, with a semicolon between two.
    static std::string members(const std::string& text)
    {
        std::vector<std::string> addresses;
        for (const std::string_view part : split(text, ';')) {
            if (trim(part).empty())
                continue;
            const std::optional<Address> address = parse_address(trim(part));
            if (!address)
                throw BadField{"member \"" + std::string(trim(part)) + "\" is no mail address"};
            addresses.push_back(address->text);
        }
        return join(addresses, ";");
    }

    static Said<RecordState> state(const std::string& text)
    {
        if (text.empty() || text == "open")
            return RecordState::open;
        if (text == "closed")
            return RecordState::closed;
        throw BadField{"state \"" + text + "\" is neither open nor closed"};
    }

    Said<std::vector<Address>> addresses() const
    {
        std::vector<Address> list;
        for (const std::size_t i : columns_.emails) {
            const std::string text = field(i);
            if (text.empty())
                continue;
            const std::optional<Address> address = parse_address(text);
            if (!address)
                throw BadField{"email \"" + text + "\" is no mail address"};
            list.push_back(*address);
        }
        return list;
    }

    static Said<std::vector<Domain>> domains(const std::string& text)
    {
        std::vector<Domain> list;
        if (!text.empty()) {
            const std::optional<Domain> domain = parse_domain(text);
            if (!domain)
                throw BadField{"domain \"" + text + "\" is no domain"};
            list.push_back(*domain);
        }
        return list;
    }

    const Columns& columns_;
    const CsvRow& row_;
};

} // namespace

bool is_record_type(std::string_view type)
{
    return std::find(record_types.begin(), record_types.end(), type) != record_types.end();
}

RecordFile read_record_csv(std::string_view text, const std::string& type)
{
    const std::vector<CsvRow> rows = read_csv(text);
    if (rows.empty())
        throw UsageError("the file is empty; its first line names the columns");
    const Columns columns = read_header(rows.front(), type);

    RecordFile file;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const CsvRow& row = rows[i];
        const auto refuse = [&](std::string reason) {
            file.refused.push_back(RefusedRow{row.line, std::move(reason)});
        };
        if (!row.broken.empty()) {
            refuse(row.broken);
        } else if (row.fields.size() != columns.count) {
            refuse(std::to_string(row.fields.size()) + " fields where the header has " +
                   std::to_string(columns.count));
        } else if (!is_clean(row)) {
            refuse(not_clean);
        } else {
            try {
                file.rows.push_back(RowReader(columns, row).read(type));
            } catch (const BadField& bad) {
                refuse(bad.reason);
            }
        }
    }
    return file;
}

} // namespace crmsync::store
