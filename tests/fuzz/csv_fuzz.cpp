#include "base/failure.hpp"
#include "base/text.hpp"
#include "fuzz.hpp"
#include "store/csv.hpp"
#include "store/record_csv.hpp"

#include <boost/json.hpp>

#include <algorithm>

using namespace crmsync;

namespace {

/// As a spreadsheet writes it: every field in quotes.
std::string written(const std::vector<store::CsvRow>& rows)
{
    std::string text;
    for (const store::CsvRow& row : rows) {
        for (std::size_t i = 0; i < row.fields.size(); ++i) {
            text += i == 0 ? "\"" : ",\"";
            for (const char c : row.fields[i])
                text.append(c == '"' ? 2 : 1, c);
            text += '"';
        }
        text += "\r\n";
    }
    return text;
}

void look_at_rows(std::string_view text)
{
    const auto lines = static_cast<std::int64_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    std::vector<store::CsvRow> good;
    std::int64_t before = 0;
    for (store::CsvRow& row : store::read_csv(text)) {
        fuzz::must(row.line > before, "rows come in the order of their lines");
        fuzz::must(row.line <= lines, "no row begins behind the file's end");
        before = row.line;
        if (!row.broken.empty())
            continue;
        fuzz::must(!row.fields.empty(), "a row has a field");
        good.push_back(std::move(row));
    }
    const std::vector<store::CsvRow> again = store::read_csv(written(good));
    fuzz::must(again.size() == good.size(), "what was written is read back");
    for (std::size_t i = 0; i < again.size(); ++i)
        fuzz::must(again[i].fields == good[i].fields, "a field is read back as it was");
}

void look_at_records(std::string_view text)
{
    try {
        const store::RecordFile file = store::read_record_csv(text, "account");
        for (const store::RecordRow& row : file.rows) {
            fuzz::must(!row.key.external_id.empty() && !row.name.empty(),
                       "a record has an id and a name");
            const boost::json::value fields = boost::json::parse(row.fields_json);
            for (const auto& [name, value] : fields.as_object()) {
                const std::string_view field = value.as_string();
                fuzz::must(clean_utf8(name) == name && clean_utf8(field) == field,
                           "what goes into the database is clean text");
            }
        }
    } catch (const UsageError&) {
        // Announced: a header that cannot be used.
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = fuzz::text_of(data, size);
    look_at_rows(text);
    look_at_records(text);
    return 0;
}
