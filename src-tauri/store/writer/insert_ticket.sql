INSERT INTO tickets (
    halo_id, lifecycle, stage, owner, contact_id, company_id, summary, created_at, updated_at, entered_at, closed,
    lead_score, company, person, email, source, dnc, fit_score, probability, value_minor, currency,
    final_minor, final_currency, closes_on, sync, score
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
    ?22, ?23, ?24, ?25,
    CASE ?2 WHEN 'lead' THEN ?12 ELSE ?18 END)
